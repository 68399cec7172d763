//! Lists of addresses that a server listens on, each with what it asks of who comes: `PLAINTEXT://:9092,SASL_SSL://:9093`.

/// Whether a server lets in whoever comes: one of its addresses has this scheme and is reached from other machines,
/// and none asks for a login, since an open one beside that is for the servers among themselves.
pub(super) fn lets_in(addresses: &str, scheme: &str) -> bool {
    let mut own = addresses
        .split(',')
        .filter_map(|one| one.trim().trim_matches(['"', '\'']).split_once("://"));
    let asks = |kind: &str| kind.starts_with("SASL") || kind == "SSL";
    let is_local = |host: &str| {
        ["localhost", "127.", "[::1]"]
            .iter()
            .any(|local| host.starts_with(local))
    };
    own.clone().all(|(kind, _)| !asks(kind))
        && own.any(|(kind, host)| kind.eq_ignore_ascii_case(scheme) && !is_local(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_lets_in_where_nobody_is_asked() {
        for addresses in [
            "PLAINTEXT://:9092",
            "PLAINTEXT://0.0.0.0:9092,CONTROLLER://:9093",
            "CONTROLLER://:9093, PLAINTEXT://kafka:9092",
        ] {
            assert!(lets_in(addresses, "plaintext"), "{addresses}");
        }
        for addresses in [
            "",
            ":9092",
            "PLAINTEXT://localhost:9092,CONTROLLER://:9093",
            "PLAINTEXT://127.0.0.1:9092",
            "SASL_PLAINTEXT://:9092",
            "PLAINTEXT://:9092,SASL_SSL://:9094",
            "SSL://:9092,PLAINTEXT://:9093",
            "CLIENT://:9092,CONTROLLER://:9093",
        ] {
            assert!(!lets_in(addresses, "plaintext"), "{addresses}");
        }
    }
}
