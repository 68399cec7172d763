//! Files of well-known programs in a ConfigMap that a pod of another program mounts as a whole.

use crate::model::Resource;

/// Programs by the names of their files, before the first dot.
const PROGRAMS: [&str; 12] = [
    "alertmanager",
    "envoy",
    "filebeat",
    "fluent-bit",
    "haproxy",
    "logstash",
    "mosquitto",
    "nginx",
    "pgbouncer",
    "prometheus",
    "promtail",
    "traefik",
];

/// Whether a key is the file of a program of which a workload speaks nowhere: not in the names of images and
/// containers, nor where files are mounted.
pub(super) fn is_of_another_program(key: &str, workload: &Resource) -> bool {
    let Some((stem, _)) = key.split_once('.') else {
        return false;
    };
    PROGRAMS.contains(&stem) && !workload.node().text().contains(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    #[test]
    fn a_file_is_another_program_s_where_nothing_speaks_of_that() {
        for (container, key, expected) in [
            ("image: example.com/shop:1", "nginx.conf", true),
            ("image: example.com/shop:1", "haproxy.cfg", true),
            ("image: example.com/shop:1", "app.conf", false),
            ("image: example.com/shop:1", "nginx", false),
            ("image: nginx:1.27", "nginx.conf", false),
            (
                "image: example.com/shop:1, volumeMounts: [{name: c, mountPath: /etc/nginx}]",
                "nginx.conf",
                false,
            ),
            (
                "image: example.com/shop:1, volumeMounts: [{name: c, mountPath: /c, subPath: nginx.conf}]",
                "nginx.conf",
                false,
            ),
        ] {
            let text = format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, {container}}}]}}\n"
            );
            let found = is_of_another_program(key, &read_text(&text)[0]);
            assert_eq!(found, expected, "{container} {key}");
        }
    }
}
