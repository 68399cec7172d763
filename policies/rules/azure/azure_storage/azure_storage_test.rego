package landfall.rules.azure.azure_storage_test

import data.landfall.rules.azure.azure_storage as rule

_found(path, subject, service) := {
	"path": path,
	"message": sprintf("%s belongs to %s", [subject, service]),
	"properties": {"service": service},
}

_services := {id: {"name": id, "counterparts": []} | some id in ["azure-disk", "azure-files", "container-storage"]}

_pod(volume) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [], "volumes": [volume]}}

test_denies_provisioner if {
	rule.deny == {_found(["provisioner"], "driver `disk.csi.azure.com`", "azure-disk")} with data.azure.services as _services
		with input as {"kind": "StorageClass", "provisioner": "disk.csi.azure.com"}
}

test_denies_snapshot_class_and_driver if {
	expected := _found(["driver"], "driver `file.csi.azure.com`", "azure-files")
	rule.deny == {expected} with data.azure.services as _services
		with input as {"kind": "VolumeSnapshotClass", "driver": "file.csi.azure.com"}
	named := _found(["metadata", "name"], "driver `file.csi.azure.com`", "azure-files")
	rule.deny == {named} with data.azure.services as _services
		with input as {"kind": "CSIDriver", "metadata": {"name": "file.csi.azure.com"}}
}

test_denies_class_of_a_claim if {
	expected := _found(["spec", "storageClassName"], "storage class `managed-csi`", "azure-disk")
	rule.deny == {expected} with data.azure.services as _services
		with input as {"kind": "PersistentVolumeClaim", "spec": {"storageClassName": "managed-csi"}}
}

test_denies_class_by_prefix if {
	expected := _found(["spec", "storageClassName"], "storage class `acstor-x`", "container-storage")
	rule.deny == {expected} with data.azure.services as _services
		with input as {"kind": "PersistentVolumeClaim", "spec": {"storageClassName": "acstor-x"}}
}

test_denies_class_in_an_annotation if {
	annotation := "volume.beta.kubernetes.io/storage-class"
	expected := _found(["metadata", "annotations", annotation], "storage class `azurefile`", "azure-files")
	rule.deny == {expected} with data.azure.services as _services
		with input as {"kind": "PersistentVolumeClaim", "metadata": {"annotations": {annotation: "azurefile"}}}
}

test_denies_claim_templates if {
	path := ["spec", "volumeClaimTemplates", 0, "spec", "storageClassName"]
	rule.deny == {_found(path, "storage class `managed-premium`", "azure-disk")} with data.azure.services as _services
		with input as {"kind": "StatefulSet", "spec": {"volumeClaimTemplates": [{"spec": {"storageClassName": "managed-premium"}}]}}
}

test_denies_volumes_of_pods if {
	disk := _found(["spec", "volumes", 0, "azureDisk"], "volume type `azureDisk`", "azure-disk")
	rule.deny == {disk} with data.azure.services as _services with input as _pod({"name": "v", "azureDisk": {"diskName": "d"}})
	csi := _found(["spec", "volumes", 0, "csi", "driver"], "driver `file.csi.azure.com`", "azure-files")
	rule.deny == {csi} with data.azure.services as _services with input as _pod({"csi": {"driver": "file.csi.azure.com"}})
	path := ["spec", "volumes", 0, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName"]
	claim := {"ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": "azurefile"}}}}
	ephemeral := _found(path, "storage class `azurefile`", "azure-files")
	rule.deny == {ephemeral} with data.azure.services as _services with input as _pod(claim)
}

test_denies_persistent_volume if {
	rule.deny == {
		_found(["spec", "azureFile"], "volume type `azureFile`", "azure-files"),
		_found(["spec", "storageClassName"], "storage class `azurefile-csi`", "azure-files"),
	} with data.azure.services as _services
		with input as {"kind": "PersistentVolume", "spec": {"azureFile": {}, "storageClassName": "azurefile-csi"}}
}

test_allows_other_storage if {
	rule.deny == set() with input as {"kind": "StorageClass", "provisioner": "cinder.csi.openstack.org"}
	rule.deny == set() with input as {"kind": "PersistentVolumeClaim", "spec": {"storageClassName": "managed-nfs-storage"}}
	rule.deny == set() with input as _pod({"name": "azure", "emptyDir": {}})
}

test_allows_absent_fields if {
	rule.deny == set() with input as {"kind": "StorageClass"}
	rule.deny == set() with input as {"kind": "PersistentVolumeClaim", "spec": {"storageClassName": null}}
	rule.deny == set() with input as {"kind": "PersistentVolume"}
	rule.deny == set() with input as _pod(null)
}

test_allows_foreign_kinds if {
	rule.deny == set() with input as {"kind": "ConfigMap", "provisioner": "disk.csi.azure.com", "driver": "disk.csi.azure.com"}
}
