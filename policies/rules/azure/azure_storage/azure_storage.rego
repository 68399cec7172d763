# METADATA
# title: Storage that only Azure provides
# description: |
#   The storage class, provisioner or volume type exists on AKS only. On another cluster the
#   claim stays unbound and the pod does not start; data on the old volume has to be copied.
# custom:
#   id: azure-storage
#   severity: high
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [azure, acstor, storageClassName, beta.kubernetes.io/storage-class]
#   controls:
#     - iso-27001-2022/5.23
#     - iso-27001-2022/5.30
#     - nis2/21-2-c
#     - nis2/21-2-d
#     - bsi/sys-1-6-a19
#     - hipaa/164-308-a-7-ii-e
#   remediation: Use a storage class of the target cluster, and plan how the data gets there.
#   references:
#     - https://learn.microsoft.com/azure/aks/concepts-storage
#     - https://elastisys.io/welkin/user-guide/kubernetes-api/
package landfall.rules.azure.azure_storage

import data.landfall.lib.azure
import data.landfall.lib.kubernetes
import data.landfall.lib.violation

deny contains _found(path, subject, data.azure.provisioners[name].service) if {
	some [path, name] in _drivers
	subject := sprintf("driver `%s`", [name])
}

deny contains _found(path, subject, service) if {
	some [path, name] in _classes
	service = _class_service(name)
	subject := sprintf("storage class `%s`", [name])
}

deny contains _found(array.concat(path, [type]), subject, service) if {
	some [path, volume] in _volumes
	some type
	_ = volume[type]
	service = data.azure.volume_types[type].service
	subject := sprintf("volume type `%s`", [type])
}

_found(path, subject, service) := violation.with_properties(
	violation.at(path, sprintf("%s belongs to %s", [subject, azure.describe(service)])),
	{"service": service},
)

_class_service(name) := data.azure.storage_classes[name].service

_class_service(name) := row.service if {
	not data.azure.storage_classes[name]
	some row in data.azure.storage_class_prefixes
	startswith(name, row.prefix)
}

# Where a driver or provisioner is named, whatever it is called there.
_driver_paths := {
	"CSIDriver": ["metadata", "name"],
	"StorageClass": ["provisioner"],
	"VolumeSnapshotClass": ["driver"],
	"VolumeSnapshotContent": ["spec", "driver"],
}

_drivers contains [path, name] if {
	path = _driver_paths[input.kind]
	name = object.get(input, path, "")
}

_drivers contains [array.concat(path, ["csi", "driver"]), name] if {
	some [path, volume] in _volumes
	name = volume.csi.driver
}

# Path and spec of every volume: a PersistentVolume's own, and those of pods.
_volumes contains [["spec"], input.spec] if input.kind == "PersistentVolume"

_volumes contains [volume.path, volume.spec] if some volume in kubernetes.volumes

# Path and name of every storage class that is asked for.
_classes contains [array.concat(path, ["storageClassName"]), name] if {
	some [path, spec] in _claims
	name = spec.storageClassName
	is_string(name)
}

_classes contains [["spec", "storageClassName"], name] if {
	input.kind == "PersistentVolume"
	name = input.spec.storageClassName
	is_string(name)
}

_classes contains [["metadata", "annotations", _legacy], name] if {
	input.kind == "PersistentVolumeClaim"
	name = input.metadata.annotations[_legacy]
	is_string(name)
}

_legacy := "volume.beta.kubernetes.io/storage-class"

# Path and spec of every claim: an object of its own, or a template in a workload or volume.
_claims contains [["spec"], input.spec] if input.kind == "PersistentVolumeClaim"

_claims contains [["spec", "volumeClaimTemplates", index, "spec"], spec] if {
	some index
	spec = input.spec.volumeClaimTemplates[index].spec
}

_claims contains [path, spec] if {
	some volume in kubernetes.volumes
	spec = volume.spec.ephemeral.volumeClaimTemplate.spec
	path := array.concat(volume.path, ["ephemeral", "volumeClaimTemplate", "spec"])
}
