# Views of a Kubernetes object. Each is a rule, computed once for a resource.
package landfall.lib.kubernetes

# Where the pod templates stand. landfall tells it, also for custom resources; under other engines
# a table of the built-in kinds does.
pod_templates := paths if paths = input.landfall.pod_templates

pod_templates := paths if {
	not input.landfall
	paths = _built_in[input.kind]
}

_template := [["spec", "template"]]

_built_in := {
	"CronJob": [["spec", "jobTemplate", "spec", "template"]],
	"DaemonSet": _template,
	"Deployment": _template,
	"Job": _template,
	"Pod": [[]],
	"PodTemplate": [["template"]],
	"ReplicaSet": _template,
	"ReplicationController": _template,
	"StatefulSet": _template,
}

# The pods that a workload makes: path of the template, the template, path of its spec, its spec.
pods := [pod |
	some path in pod_templates
	template = object.get(input, path, {})
	spec = template.spec
	is_object(spec)
	pod := {"path": array.concat(path, ["spec"]), "spec": spec, "template_path": path, "template": template}
]

_container_lists := {
	"containers": "container",
	"ephemeralContainers": "ephemeral container",
	"initContainers": "init container",
}

# Path, what a message calls it, and spec of every container. What is no object is left out.
containers := [container |
	some pod in pods
	some list, noun in _container_lists
	some index
	spec = pod.spec[list][index]
	is_object(spec)
	container := {
		"path": array.concat(pod.path, [list, index]),
		"label": sprintf("%s `%v`", [noun, object.get(spec, "name", index)]),
		"spec": spec,
	}
]

# Path and spec of every volume of a pod.
volumes := [volume |
	some pod in pods
	some index
	spec = pod.spec.volumes[index]
	is_object(spec)
	volume := {"path": array.concat(pod.path, ["volumes", index]), "spec": spec}
]
