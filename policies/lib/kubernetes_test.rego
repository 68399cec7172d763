package landfall.lib.kubernetes_test

import data.landfall.lib.kubernetes

_spec := {
	"containers": [{"name": "web", "image": "a"}, {"image": "b"}, "broken"],
	"initContainers": [{"name": "init", "image": "c"}],
	"volumes": [{"name": "v", "emptyDir": {}}],
}

_deployment := {"kind": "Deployment", "spec": {"template": {"spec": _spec}}}

test_templates_of_built_in_kinds_without_landfall if {
	kubernetes.pod_templates == [["spec", "template"]] with input as _deployment
	kubernetes.pod_templates == [[]] with input as {"kind": "Pod", "spec": _spec}
	not kubernetes.pod_templates with input as {"kind": "Service"}
}

test_templates_as_landfall_tells_them if {
	kubernetes.pod_templates == [["a", 0]] with input as {"kind": "X", "landfall": {"pod_templates": [["a", 0]]}}
	not kubernetes.pod_templates with input as object.union(_deployment, {"landfall": {}})
}

test_pods_of_a_custom_resource if {
	resource := {"kind": "X", "a": [{"spec": _spec}], "landfall": {"pod_templates": [["a", 0]]}}
	[pod.path | some pod in kubernetes.pods] == [["a", 0, "spec"]] with input as resource
	[pod.spec | some pod in kubernetes.pods] == [_spec] with input as resource
}

test_pods_that_are_absent_are_none if {
	kubernetes.pods == [] with input as {"kind": "Deployment", "spec": {}}
	kubernetes.pods == [] with input as {"kind": "Service"}
}

test_containers_of_a_pod if {
	found := {[container.path, container.label] | some container in kubernetes.containers} with input as {"kind": "Pod", "spec": _spec}
	found == {
		[["spec", "containers", 0], "container `web`"],
		[["spec", "containers", 1], "container `1`"],
		[["spec", "initContainers", 0], "init container `init`"],
	}
}

test_volumes_of_a_pod if {
	found := kubernetes.volumes with input as _deployment
	found == [{"path": ["spec", "template", "spec", "volumes", 0], "spec": {"name": "v", "emptyDir": {}}}]
}
