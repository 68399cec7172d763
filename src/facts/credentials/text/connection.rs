//! Connection strings of Azure's services: where one stands in a text, of what kind it is, and
//! which of its characters are the key. What they mean for a resource is left to others.

use std::ops::Range;

use crate::facts::credentials::key::words::find_ignoring_case;

/// What a connection string opens, as far as its shape tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Opens {
    /// A storage account, by its key.
    Storage,
    /// A part of a storage account, by a shared access signature.
    SharedAccessSignature,
    /// Service Bus, Event Hubs or Relay.
    Messaging,
    /// IoT Hub or its device provisioning.
    IotHub,
    /// Cosmos DB.
    CosmosDb,
    /// App Configuration.
    AppConfiguration,
    /// SignalR, Web PubSub, Communication Services and others with an endpoint and an access key.
    Endpoint,
    /// Application Insights: the key says where telemetry goes.
    ApplicationInsights,
    /// A database at an Azure host, by a password.
    Database,
    /// A cache at an Azure host, by a password.
    Cache,
}

/// A connection string in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Connection {
    /// What it opens.
    pub(crate) opens: Opens,
    /// Its bytes.
    pub(crate) range: Range<usize>,
    /// The bytes of the key, signature or password in it.
    pub(crate) secret: Range<usize>,
}

/// Entries that hold the secret. In lower case.
const SECRETS: [&str; 9] = [
    "accountkey=",
    "sharedaccesskey=",
    "accesskey=",
    "secret=",
    "instrumentationkey=",
    "password=",
    "pwd=",
    "sig=",
    "sharedaccesssignature=",
];

/// The connection strings in a text, in order. Gate with `=` and a cheap word before the call.
pub(crate) fn connections(text: &str) -> Vec<Connection> {
    let mut found: Vec<Connection> = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('=').map(|at| from + at) {
        from = at + 1;
        let Some(secret) = SECRETS.iter().find(|name| ends_with(text, at + 1, name)) else {
            continue;
        };
        let Some(connection) = around(text, secret, at + 1) else {
            continue;
        };
        from = connection.secret.end.max(from);
        let is_new = found
            .last()
            .is_none_or(|last| last.secret.end <= connection.secret.start);
        if is_new {
            found.push(connection);
        }
    }
    found
}

fn ends_with(text: &str, end: usize, name: &str) -> bool {
    let Some(start) = end.checked_sub(name.len()) else {
        return false;
    };
    let bytes = text.as_bytes();
    let is_apart = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
    is_apart && bytes[start..end].eq_ignore_ascii_case(name.as_bytes())
}

/// The connection string around a secret that starts at `start`.
fn around(text: &str, name: &str, start: usize) -> Option<Connection> {
    let is_signature = name == "sig=";
    let is_password = matches!(name, "password=" | "pwd=");
    let is_end = |one: char| {
        "\"'`<>;,\n\r\\".contains(one)
            || (one.is_whitespace() && !is_password)
            || (one == '&' && is_signature)
    };
    let length = text[start..].find(is_end).unwrap_or(text.len() - start);
    let secret = start..start + text[start..start + length].trim_end().len();
    if secret.is_empty() {
        return None;
    }
    let whole = line(text, &secret, is_signature);
    let before = &text[whole.clone()];
    let has = |word: &str| find_ignoring_case(before, word).is_some();
    let opens = match name {
        "accountkey=" if has("accountendpoint=") || has("documents.azure") => Opens::CosmosDb,
        "accountkey=" => Opens::Storage,
        "sharedaccesskey=" if has("endpoint=sb://") => Opens::Messaging,
        "sharedaccesskey=" if has("hostname=") => Opens::IotHub,
        "accesskey=" if has("endpoint=http") => Opens::Endpoint,
        "secret=" if has("endpoint=http") && has("id=") => Opens::AppConfiguration,
        "instrumentationkey=" if has("endpoint=") => Opens::ApplicationInsights,
        "sharedaccesssignature=" if has("endpoint=") => Opens::SharedAccessSignature,
        "sig=" if has("sv=") || has("se=") => Opens::SharedAccessSignature,
        "password=" | "pwd=" if has(".redis.cache.") || has(".redis.azure.") => Opens::Cache,
        "password=" | "pwd=" if has(".database.") => Opens::Database,
        _ => return None,
    };
    Some(Connection {
        opens,
        range: head(text, &whole)..whole.end,
        secret,
    })
}

/// The text from the quote or line break before the secret to the one after it; a blank ends it
/// where no entry follows.
fn line(text: &str, secret: &Range<usize>, is_signature: bool) -> Range<usize> {
    let is_edge = |one: char| "\"'`<>\n\r".contains(one) || (is_signature && one.is_whitespace());
    let head = text[..secret.start].rsplit(is_edge).next();
    let start = head.map_or(0, |head| secret.start - head.len());
    let rest = &text[secret.end..];
    let end = rest.find(is_edge).unwrap_or(rest.len());
    let rest = &rest[..end];
    // Blanks stand inside an entry's name only: `;User Id=x`.
    let mut end = 0;
    for entry in rest.split_inclusive([';', ',', '&']) {
        let is_entry = entry.contains('=') || entry.trim_matches([';', ',', ' ']).is_empty();
        let length = entry.find(" #").unwrap_or(entry.len());
        if end > 0 && !is_entry && !is_signature {
            break;
        }
        end += length;
    }
    let end = rest[..end].trim_end().len();
    start..secret.end + end
}

/// Where the string begins: behind the name of the setting that holds it.
fn head(text: &str, whole: &Range<usize>) -> usize {
    const HEADS: [&str; 13] = [
        "defaultendpointsprotocol=",
        "blobendpoint=",
        "accountname=",
        "accountendpoint=",
        "endpoint=",
        "hostname=",
        "server=",
        "data source=",
        "host=",
        "jdbc:",
        "instrumentationkey=",
        "https://",
        "sharedaccesssignature=",
    ];
    let inner = &text[whole.clone()];
    let first = HEADS
        .iter()
        .filter_map(|head| find_ignoring_case(inner, head))
        .min();
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let at = first.unwrap_or_else(|| {
        // Redis' clients begin with the host alone.
        let host = find_ignoring_case(inner, ".redis.").unwrap_or(0);
        let before = inner.as_bytes()[..host].iter().rev();
        host - before.take_while(|byte| is_host(byte)).count()
    });
    whole.start + at
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "b3JkZXJzLWFyZS1rZXB0LWhlcmUtMTIzNDU2Nzg5MA==";

    fn told(text: &str) -> Vec<(Opens, &str, &str)> {
        let found = connections(text);
        found
            .into_iter()
            .map(|one| (one.opens, &text[one.range], &text[one.secret]))
            .collect()
    }

    #[test]
    fn every_kind_is_told_with_its_key() {
        for (string, opens, secret) in [
            (format!("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={KEY};EndpointSuffix=core.windows.net"), Opens::Storage, KEY),
            (format!("Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey={KEY}"), Opens::Messaging, KEY),
            (format!("HostName=x.azure-devices.net;SharedAccessKeyName=k;SharedAccessKey={KEY}"), Opens::IotHub, KEY),
            (format!("AccountEndpoint=https://x.documents.azure.com:443/;AccountKey={KEY};"), Opens::CosmosDb, KEY),
            (format!("Endpoint=https://x.azconfig.io;Id=ab-l0;Secret={KEY}"), Opens::AppConfiguration, KEY),
            (format!("Endpoint=https://x.service.signalr.net;AccessKey={KEY};Version=1.0;"), Opens::Endpoint, KEY),
            ("InstrumentationKey=7c9e6679-7425-40de-944b-e07fc1f90ae7;IngestionEndpoint=https://x/".to_owned(), Opens::ApplicationInsights, "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
            ("https://x.blob.core.windows.net/c?sv=2022-11-02&sig=aB3dE5%2BgH7%3D&se=2030".to_owned(), Opens::SharedAccessSignature, "aB3dE5%2BgH7%3D"),
            ("Server=tcp:x.database.windows.net,1433;User Id=a;Password=hQ7tr99x;Encrypt=true".to_owned(), Opens::Database, "hQ7tr99x"),
            ("jdbc:sqlserver://x.database.windows.net:1433;user=a;password=hQ7tr99x;encrypt=true".to_owned(), Opens::Database, "hQ7tr99x"),
            (format!("x.redis.cache.windows.net:6380,password={KEY},ssl=True"), Opens::Cache, KEY),
        ] {
            assert_eq!(told(&string), [(opens, string.as_str(), secret)]);
            let quoted = format!("{{\"a\": \"{string}\", \"b\": \"c\"}}");
            assert_eq!(told(&quoted), [(opens, string.as_str(), secret)]);
            let set = format!("first=1\nazure.connection={string}\nnext=2");
            assert_eq!(told(&set), [(opens, string.as_str(), secret)]);
        }
    }

    #[test]
    fn what_is_no_azure_service_is_left_alone() {
        for text in [
            "Server=db;User Id=a;Password=hQ7tr99x",
            "secret=abc",
            "https://h/x?sig=abc",
            "password=x",
            "AccountKey=",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }
}
