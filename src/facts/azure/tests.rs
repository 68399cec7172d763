//! Signs of whole resources, with the bundled tables.

use super::*;
use crate::model::Part;
use crate::policy::Bundle;
use crate::source::{read_text, trees};

/// `path marked-text signal service` of each sign in a text of manifests.
fn told(text: &str) -> Vec<String> {
    let resources = read_text(text);
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    let tables = Tables::new(bundle.data(), &resources, trees).expect("the tables are right");
    let mut all = Vec::new();
    for resource in &resources {
        let signs = tables.found(resource);
        assert!(
            signs.is_empty() || may_tell(resource, Topic::Azure.is_in(resource.node().text())),
            "{text}"
        );
        for sign in signs {
            let value = resource.at(&sign.path).and_then(|node| node.as_str());
            let marked = sign.part.zip(value).map_or("", |(part, value)| {
                &value[part.start..part.start + part.length]
            });
            let (path, signal) = (&sign.path, sign.signal.as_str());
            all.push(format!("{path} <{marked}> {signal} {}", sign.service));
        }
    }
    all
}

fn value(value: &str) -> Vec<String> {
    let value = serde_json::to_string(value).expect("is JSON");
    let text = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  x: {value}\n");
    let told = told(&text);
    told.iter()
        .map(|sign| sign.replace("data.x ", ""))
        .collect()
}

fn services(text: &str) -> Vec<String> {
    let last = |sign: &String| sign.rsplit(' ').next().unwrap_or_default().to_owned();
    told(&format!("apiVersion: v1\nkind: A\nspec: {{{text}}}\n"))
        .iter()
        .map(last)
        .collect()
}

#[test]
fn one_fact_in_three_variables_is_three() {
    let told = told(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env:\n    - {name: A, value: 'https://a.vault.azure.net'}\n    - {name: B, value: a.vault.azure.net}\n    args: [--vault=a.vault.azure.net]\n",
    );
    assert_eq!(
        told,
        [
            "spec.containers[0].env[0].value <a.vault.azure.net> endpoint key-vault",
            "spec.containers[0].env[1].value <a.vault.azure.net> endpoint key-vault",
            "spec.containers[0].args[0] <a.vault.azure.net> endpoint key-vault",
        ]
    );
}

/// The order in which signs of one fact count: see `texts` for one string, `Walk::variable`
/// for a variable and its value.
#[test]
fn of_several_signs_of_one_fact_the_one_that_says_most_counts() {
    let string = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2hvcHNob3A=;EndpointSuffix=core.windows.net";
    assert_eq!(
        value(string),
        [format!("<{string}> connection-string storage-account")]
    );
    let text = format!(
        "apiVersion: v1\nkind: Pod\nspec: {{env: [{{name: AZURE_STORAGE_CONNECTION_STRING, value: '{string}'}}]}}\n"
    );
    assert_eq!(
        told(&text).len(),
        1,
        "the variable's name says nothing more"
    );
    assert_eq!(
        value("a.azurecr.io/b:1"),
        ["<a.azurecr.io/b:1> image container-registry"]
    );
    assert_eq!(
        value(
            "https://management.azure.com/subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"
        ),
        [
            "</subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v> resource-id key-vault"
        ]
    );
    assert_eq!(
        value("https://a.blob.core.windows.net/c?sv=1&sig=abcdef123456 b.vault.azure.net"),
        [
            "<https://a.blob.core.windows.net/c?sv=1&sig=abcdef123456> connection-string blob-storage",
            "<b.vault.azure.net> endpoint key-vault",
        ]
    );
}

#[test]
fn documents_in_strings_are_read_at_their_own_characters() {
    let told = told(
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    storage_config:\n      azure: {account_name: x}\n  b.json: '{\"AzureAd\": {\"TenantId\": \"x\"}}'\n  c.ini: |\n    [auth.azuread]\n    enabled = true\n  d.ini: |\n    [auth.azuread]\n    enabled = false\n",
    );
    assert_eq!(
        told,
        [
            "data[\"a.yaml\"] <azure> setting blob-storage",
            "data[\"b.json\"] <AzureAd> setting entra-id",
            "data[\"c.ini\"] <auth.azuread> setting entra-id",
        ]
    );
}

#[test]
fn documents_in_documents_in_strings_are_read_at_their_own_characters() {
    let told = told(
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    outer: |\n      inner: |\n        storageClassName: managed-csi\n        'env':\n        - {name: 'AZURE_CLIENT_ID', value: x}\n    json: '{\"AzureAd\": {\"TenantId\": \"x\"}}'\n    folded: >\n      {\"AzureAd\": {\"TenantId\":\n      \"x\"}}\n    ini: |\n      [auth.azuread]\n      enabled = true\n",
    );
    assert_eq!(
        told,
        [
            "data[\"a.yaml\"] <managed-csi> storage-class azure-disk",
            "data[\"a.yaml\"] <AZURE_CLIENT_ID> environment entra-id",
            "data[\"a.yaml\"] <AzureAd> setting entra-id",
            // What is folded has no characters of its own.
            "data[\"a.yaml\"] <{\"AzureAd\": {\"TenantId\":\n  \"x\"}}\n> setting entra-id",
            "data[\"a.yaml\"] <auth.azuread> setting entra-id",
        ]
    );
}

#[test]
fn what_a_key_says_of_a_text_below_it_is_said_at_the_key() {
    let resources = read_text(
        "apiVersion: v1\nkind: Secret\nstringData:\n  azure.json: |\n    {}\ndata: {azure.json: e30=}\n",
    );
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    let tables = Tables::new(bundle.data(), &resources, trees).expect("the tables are right");
    let parts: Vec<Option<Part>> = tables
        .found(&resources[0])
        .iter()
        .map(|sign| sign.part)
        .collect();
    assert_eq!(parts, [Some(Part::KEY), None]);
}

#[test]
fn names_that_look_like_hosts_are_left_alone() {
    for text in [
        "apiVersion: storage.azure.com/v1api20210601\nkind: StorageAccount\nmetadata: {name: x}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nrules: [{apiGroups: [storage.azure.com], resources: ['*']}]\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: vaults.keyvault.azure.com}\nspec: {group: keyvault.azure.com}\n",
        "apiVersion: v1\nkind: Pod\nspec: {affinity: {x: [{key: kubernetes.azure.com/mode, operator: In}]}, tolerations: [{key: kubernetes.azure.com/scalesetpriority, operator: Equal}]}\n",
        "apiVersion: v1\nkind: Pod\nspec: {topologySpreadConstraints: [{topologyKey: topology.disk.csi.azure.com/zone}]}\n",
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nprovisioner: disk.csi.azure.com\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {x.vault.azure.net/y: z}}\ndata: {a.vault.azure.net: x}\n",
        "apiVersion: v1\nkind: A\nspec: {kubernetes: 'kubectl label node a kubernetes.azure.com/mode=system'}\n",
        "apiVersion: v1\nkind: A\nspec: {x: 'apiVersion: storage.azure.com/v1api20210601'}\n",
        "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.storage.azure.com}\n",
        "apiVersion: v1\nkind: A\nspec: {crdPattern: 'resources.azure.com/*;storage.azure.com/*'}\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {ingressClassName: webapprouting.kubernetes.azure.com}\n",
        "apiVersion: v1\nkind: A\nspec: {x: 'https://docs.microsoft.com/azure https://learn.microsoft.com/x mcr.microsoft.com/x:1'}\n",
    ] {
        assert!(
            !told(text).iter().any(|sign| sign.contains(" endpoint ")),
            "{text}"
        );
    }
}

#[test]
fn base64_is_decoded_and_meant_as_a_whole() {
    let text = "apiVersion: v1\nkind: Secret\ndata:\n  url: aHR0cHM6Ly9hLnZhdWx0LmF6dXJlLm5ldC8=\n  other: eA==\n  plain: https://b.vault.azure.net\nstringData: {x: c.vault.azure.net}\n";
    assert_eq!(
        told(text),
        [
            "data.url <> endpoint key-vault",
            "data.plain <b.vault.azure.net> endpoint key-vault",
            "stringData.x <c.vault.azure.net> endpoint key-vault",
        ]
    );
    let only = "apiVersion: v1\nkind: Secret\ndata:\n  url: aHR0cHM6Ly9hLnZhdWx0LmF6dXJlLm5ldC8=\n";
    assert_eq!(told(only).len(), 1);
}

#[test]
fn services_that_share_a_suffix_are_told_apart() {
    let service = |text: &str| services(text).remove(0);
    assert_eq!(service("x: 'ns.servicebus.windows.net:9093'"), "event-hubs");
    assert_eq!(
        service("x: 'Endpoint=sb://ns.servicebus.windows.net/;EntityPath=e'"),
        "event-hubs"
    );
    assert_eq!(
        service("env: [{name: EVENTHUB_HOST, value: ns.servicebus.windows.net}]"),
        "event-hubs"
    );
    assert_eq!(
        service("env: [{name: SERVICE_BUS, value: ns.servicebus.windows.net}]"),
        "service-bus"
    );
    assert_eq!(
        service("args: ['--event-hub=ns.servicebus.windows.net']"),
        "event-hubs"
    );
    assert_eq!(
        service("x: 'amqps://ns.servicebus.windows.net:5671'"),
        "service-bus"
    );
    assert_eq!(
        service("x: srv.0123456789ab.database.windows.net"),
        "sql-managed-instance"
    );
    assert_eq!(
        service("x: 'srv.database.windows.net,3342'"),
        "sql-managed-instance"
    );
    assert_eq!(
        service("x: 'srv.database.windows.net,1433'"),
        "sql-database"
    );
    assert_eq!(
        service("x: 'mongodb://a:b@c.documents.azure.com:10255/?ssl=true'"),
        "cosmos-mongodb"
    );
}

#[test]
fn an_image_in_a_document_in_a_string_is_an_image() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    spec:\n      image: shop.azurecr.io/web:1\n    agent: {image: mcr.microsoft.com/azuremonitor/containerinsights/ciprod:3}\n";
    assert_eq!(
        told(text),
        [
            "data[\"a.yaml\"] <shop.azurecr.io/web:1> image container-registry",
            "data[\"a.yaml\"] <mcr.microsoft.com/azuremonitor/containerinsights/ciprod:3> image monitor",
        ]
    );
}

#[test]
fn a_term_that_shuts_nodes_out_asks_for_nothing() {
    let affinity = |term: &str| {
        services(&format!(
            "affinity: {{nodeAffinity: {{required: {{nodeSelectorTerms: [{{matchExpressions: [{term}]}}]}}}}}}"
        ))
    };
    assert!(affinity("{key: type, operator: NotIn, values: [virtual-kubelet]}").is_empty());
    assert_eq!(
        affinity("{key: type, operator: In, values: [virtual-kubelet]}"),
        ["container-apps-aci"]
    );
}

#[test]
fn a_json_patch_is_looked_at_under_its_path() {
    let told = told(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n- patch: |\n    - op: add\n      path: /spec/template/spec/nodeSelector/agentpool\n      value: general\n    - op: add\n      path: /metadata/annotations/service.beta.kubernetes.io~1azure-load-balancer-internal\n      value: 'true'\n    - op: replace\n      path: /spec/storageClassName\n      value: fast\n",
    );
    assert_eq!(
        told,
        [
            "patches[0].patch <general> node-label aks",
            "patches[0].patch <true> annotation load-balancer",
        ]
    );
}

#[test]
fn comments_are_left_alone_and_a_url_names_one_host() {
    let id = "/subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
    assert!(value(&format!("a: 1\n# id: {id}\n")).is_empty());
    assert_eq!(value(&format!("# id: {id}\nb: {id}\n")).len(), 1);
    assert_eq!(
        value("https://t.b2clogin.com/t.onmicrosoft.com/v2.0"),
        ["<t.b2clogin.com> endpoint entra-b2c"]
    );
}

#[test]
fn an_image_is_told_without_the_flag_before_it_and_under_any_key_of_a_document() {
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - args: [--side-image=shop.azurecr.io/side:1]\n";
    assert_eq!(
        told(pod),
        ["spec.containers[0].args[0] <shop.azurecr.io/side:1> image container-registry"]
    );
    let config = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    image:\n      value: shop.azurecr.io/web:1\n      options:\n      - shop.azurecr.io/api:1\n";
    assert_eq!(
        told(config),
        [
            "data[\"a.yaml\"] <shop.azurecr.io/web:1> image container-registry",
            "data[\"a.yaml\"] <shop.azurecr.io/api:1> image container-registry",
        ]
    );
}
