//! Words without which a text has nothing to tell of a topic: in lower case, and short where that
//! is as telling, since all of them are looked for in everything that is read. The build makes one
//! automaton of them.

/// All lists, in the order of the topics.
pub(crate) static ALL: [&[&str]; 6] = [
    AZURE,
    COMMANDS,
    CREDENTIALS,
    SWITCHES,
    HANDED_IMAGES,
    IMAGES,
];

/// Pieces of what the rows of the tables below `policies/azure` tell; a test drives every row.
#[rustfmt::skip]
pub(crate) const AZURE: &[&str] = &[
    "azur", "window", "micros", "cloudap", "chinac", "azconf", "signalr", "azmk8", "azk8", "aksapp",
    "auth.n", "b2clog", "ciamlo", "onmsch", "168.63", "traffi", "logana", "ninsig", "alstud",
    "botfra", "erplat", "deoind", "arepoi", "office", "outloo", "torageclass", "secretprovider",
    "ingress.class", "ngressclass", "gatewayclass", "acstor", "kata-", "persistent-claim",
    "storage-class", "aadpod", "aks-istio", "failure-domain.beta", "abfs", "wasb", "azblob",
    "instrumentationkey", "acracc", "standard_", "topology.kubernetes.io/", "asm-", "aad-pod",
    "agentpool", "virtual-kubelet", "appgw", "kubernetes.io/port_", "spv.no", "networking.aks",
    "azmon", "container-azm", "ama-", "msi-acrpull", "cluster.x-k8s", "trident", "spvest",
    "akv2k8s", "accountkey", "sharedaccess", "accesskey", "sig=", "developmentstorage",
    "/resourcegroups/", "connectionstring", "servicebus", "eventhub", "eventgrid", "acr-",
    "alb-controller", "blob-csi", "aad_", "identity_server_", "msi_", "managed_identity",
    "user_assigned", "msgraph", "ms_graph", "walg_az", "wale_wab", "storage_endpoint", "adls_",
    "keyvault", "key_vault", "managed_hsm", "service_bus", "event_grid", "event_hub",
    "notification_hub", "notificationhub", "pubsub_conn", "pubsubconn", "connstr", "cosmos",
    "kusto", "adx_", "acr_", "aks_", "arm_", "container_app", "aci_", "fabric_", "az_batch",
    "website", "scm_", "functions_", "durable_task", "logic_app", "logicapp", "workflows_",
    "appconfig", "app_config", "apim_", "config.service", "logs_dcr", "log_analytics",
    "appinsights", "application_insights", "cognitive", "translator_", "documentintel",
    "form_recog", "communication_services", "iothub", "iotedge", "provisioning_id", "azp_",
    "system_access", "vss_", "vsts_", "azdo_", "playwright_service", "entra",
];

/// Without one of these there is no tool of Azure in a text.
#[rustfmt::skip]
pub(crate) const COMMANDS: &[&str] = &[
    "az ", "az\n", "az.", "azcopy", "azd ", "func ", "func\n", "kubelogin", "-az", "azure-cli",
    "installazurecli", "azure-functions-core-tools",
];

/// Words, and beginnings of shapes, without which a text holds no credential, and nothing that is
/// hidden but lines of one long word.
#[rustfmt::skip]
pub(crate) const CREDENTIALS: &[&str] = &[
    "pass", "pwd", "secret", "token", "apikey", "_key", "-key", ".key", "_salt", "-salt",
    "cookiehash", "cookie_hash", "cookie-hash", "cookieencryption", "cookie_encryption",
    "cookie-encryption", "keyencryption", "api key", "accesskey", "accountkey", "sharedkey",
    "storagekey", "privatekey", "signingkey", "encryptionkey", "masterkey", "cryptokey", "csrfkey",
    "enckey", "joinkey", "setkey", "fernetkey", "unsealkey", "gossipkey", "hmackey", "jwtkey",
    "psk", "bindpw", "mc admin", "adminkey", "authkey", "clientkey", "appkey", "hostkey",
    "functionkey", "subscriptionkey", "sessionkey", "integrationkey", "masterauth", "://",
    "authorization", "_pw", "-pw", "pat\n", "pat:", "pat=", "pat\"", "pat =", "pat>", "plex_claim",
    "plex-claim", "plexclaim", "sftp", "samba", "erlang", "rootpw", "adminpw", "psw", "mysql",
    "mariadb", "redis-cli", "curl", "valkey-cli", "private key-----", "keydb-cli", "ldap", "mongo",
    "dockerconfig", "credential", "sig=", "@tcp(", "@unix(", "@(", "restuserkey",
    "instrumentationkey", "identified", "basic ", "\"auth\"", "rabbitmqctl", "mc alias",
    "mc config", "fabric-ca-server", "$2a$", "$2b$", "$2y$", "$apr1$", "{sha}",
    // Beginnings of tokens.
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glsa_",
    "xoxb-", "xoxp-", "xoxa-", "xoxs-", "xapp-", "sk_live_", "rk_live_", "sk_test_", "live_sk_",
    "live_gsk_", "dckr_pat_", "npm_", "hvs.", "sg.", "akia", "asia", "aiza", "eyj", "gocspx-",
    "dop_v1_", "hf_", "sk-proj-", "sk-ant-", "shpat_", "pypi-age", "q~", "webhooks/", "hooks.slack",
    "webhookb2", "webhook/send", "open-apis/bot/", ":aa", "nrak-", "sntrys_", "xkeysib-", "atatt3",
    "xprv9", "tprv8", "aaeaawvsyxn0awmv",
    // Beginnings of private keys in base64.
    "ls0tls1crudjtibquklwqvrf", "ls0tls1crudjtibsu0eg", "ls0tls1crudjtibfqybq",
    "ls0tls1crudjtibpuevo", "ls0tls1crudjtibftknsw", "ls0tls1crudjtibeu0eg",
    "ls0tls1crudjtibfrdi1nte5", "basicauth(", "auth=(",
    // Switches that turn authentication off. A line break stands between keys and strings.
    "anonymous", "noauth", "_auth", "-auth", ".auth", "auth_", "auth-", "auth.", "auth:\n",
    "\nauth\n", "authenticate", "authenticator", "authentication\n", "authentication_",
    "authentication=", "authentication-", "disable_security", "disable-security",
    "security.enabled", "security_enabled", "security.disabled", "security_disabled",
    "\nsecurity\n", "security:\n", "allowall", "pg_hba", "pghba", "protected-mode",
    "protected_mode", "loopback_users", "plaintext_listener", "plaintextlistener",
    "skip_user_setup", "--insecure", "\ninsecure\n", "api.insecure", "insecure: true",
    "insecure = true", "jmxauth", "\ndev\n", "dev.enabled", "server_mode", "_insecure",
    "enableauth", "opendistro", "skip-grant", "skip_grant", "authenticationenabled",
    "allow_all_clients", "user_management_dis", "securitymode", "authmode", "authenabled",
    "disableauth", "authdisabled", "supercode", "pdo(", "user-pin", "so-pin", "_pin", "userpin",
    "sopin", "_url", "_uri", "dsn", "super_code", "authcode", "encryptkey", "nral", "dt0c01.",
    "dt0s01.", "release_cookie", "-setcookie", "node__cookie", "node_cookie", "node.cookie", "derivationsalt",
    "senha", "contrase", "kennwort", "wachtwoord", "haslo", "hasło", "losenord", "lösenord",
    "adgangskode", "salasana", "heslo", "lozinka", "sifre", "şifre", "mdp", "encrypt\"",
    "encrypt =", "encrypt=", "encrypt:", "encrypt\n", "\"hs256", "\"hs384", "\"hs512", "primarykey",
    "key = aq", "login", "stats auth", "\"jwt", " on >", "blockunknown", "jwt:\n", "signkey",
    "encryption\n", "signing\n", "role_like", "cockroach", "securitytypes", "alwaysallow",
    "super.users", "forceauthentication", "[jwt", "api:\n", "skipacl", "auth\nenabled", "oracle",
    "etcdctl", "securejsondata", "honeycomb-team", "userlist", "createaccount(", "creds",
    "http_basic", "sasl_users", "local_user", "community", "users.embedded", "users.properties",
    "guest ok", "become_any_account", "usesecurity", "security-enabled", "private key block-----",
    "openvpn static key", "nkey seed-----", "\"kty", "operator unseal", "ls0tls1crudjtibqr1agufjj",
    "unauthorized_role", "dev_mode", "erl_args", "nopw", "2375", "secert", "ttyd", "ed25519 a_",
    "{plain}", "$plaintext$", "{cleartext}", "[admins]", "shiro", "default_action",
    "default-action", "photoprism_public", "enable_security", "disablebasicauth", "tls_certdir",
    "openssl enc", "zip -p", "smbclient", "lftp ", "ipmitool",
    // Programs that take a password by an option or a place, beside those above.
    "7z -", "7z a", "7z x", "7za ", "7zz ", "add-user", "airflow", "az sql", "az postgres", "bcp ",
    "beeline", "couchbase-cli", "cqlsh", "crane ", "cypher-shell", "drush", "dsconf", "dsidm",
    "elasticsearch-users", "emqx", "gitlab-runner", "hdbsql", "influx", "jenkins-cli", "mcli ",
    "mosquitto_", "mydumper", "myloader", "nuget", "obscure", "odoo", "oras ", "rabbitmqadmin",
    "redis-benchmark", "regctl", "snmp", "sqlcmd", "sqlplus", "expdp", "impdp", "sqlldr", "twine",
    "useradd", "adminparty", "managesystemacls", "aclenable", "insecure-bind", "accept-hosts",
    "enforce_rbac", "client.protocol", "client\nprotocol",
];

/// Words without which nothing in a text switches authentication off.
#[rustfmt::skip]
pub(crate) const SWITCHES: &[&str] = &[
    "without-password", "anonymous", "noauth", "_auth", "-auth", ".auth", "auth_", "auth-", "auth.",
    "auth:\n", "authentica", "allowall", "security", "skip-login", "skip_login", "protected-mode",
    "protected_mode", "loopback_users", "plaintext_listener", "skip_user_setup", "api.insecure",
    "insecure: true", "insecure = true", "jmxauth", "allow_empty", "allowempty", "emptypassword",
    "plaintextlistener", "pghba", "server_mode", "app.token", "app_token", "provider.token",
    "_insecure", "enableauth", "skip-grant", "skip_grant", "allow_all_clients", "connection-token",
    "user_management_dis", "default_policy", "admin_token", "admin_key", "unauthorized_role",
    "dev_mode", "nopw", "2375", "webpassword", "api_password", "no_password", "default_action",
    "default-action", "photoprism_public", "disablebasicauth", "tls_certdir", "randompassword",
    "0.0.0.0:1234", "anon_bind", "authenabled", "auto_login", "auto-login", "disableauth",
    "authdisabled", "role_like", "cockroach", "skipacl", "jupyter_token", "alwaysallow",
    "super.users", "authorizationstrategy", "token = ''", "token = \"\"", "token=''", "token=\"\"",
    "enforce_rbac", "plaintext://",
];

/// Without one of these no variable and no argument hands an image on.
pub(crate) const HANDED_IMAGES: &[&str] = &[
    "_image",
    "-image",
    "baseimage",
    "defaultimage",
    "image=",
    "config-reloader",
    "_img",
    ":docker://",
    " pull ",
    "storage_uri",
];

/// Keys and values that name an image, or where images come from: Istio's, Rancher's and that of Elastic's
/// operator among them.
#[rustfmt::skip]
pub(crate) const IMAGES: &[&str] = &[
    "image", "repository", ":docker://", "\nhub\n", "container-registry:",
    "systemdefaultregistry", "system-default-registry",
];
