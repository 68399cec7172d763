//! Paths of one route that lead to one Service: that its pods are closed is told once, at the first of them, with links to
//! the others. What leads there for another reason, such as a mirror or an annotation, is mended by itself.

use serde_json::{Value, json};

/// Joins what is found of the paths of one object that lead to one Service, if it is the same.
pub(super) fn join_paths(object: usize, found: Vec<Value>) -> Vec<Value> {
    let mut told: Vec<(Value, Vec<Value>)> = Vec::new();
    for fact in found {
        let mut known = told.iter_mut();
        match known.find(|(known, _)| is_same(known, &fact)) {
            Some((_, more)) => more.push(json!({
                "resource": object,
                "path": fact["path"],
                "message": "this leads there as well",
            })),
            None => told.push((fact, Vec::new())),
        }
    }
    let joined = told.into_iter().map(|(mut fact, more)| {
        if let Some(links) = fact["links"].as_array_mut() {
            links.extend(more);
        }
        fact
    });
    joined.collect()
}

/// Whether two facts say the same of one Service, each at its place.
fn is_same(known: &Value, next: &Value) -> bool {
    let all = |fact: &Value| fact.as_object().cloned().unwrap_or_default();
    let placed = |fact: &Value| {
        let mut said = all(fact);
        let path = said.remove("path");
        let path = path.iter().filter_map(Value::as_array).flatten();
        let keys: Vec<Value> = path.filter(|step| step.is_string()).cloned().collect();
        (said, keys)
    };
    known.get("service").is_some() && placed(known) == placed(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_to_one_service_are_told_at_the_first() {
        let fact = |at: usize, service: Option<&str>, ports: &str| {
            let mut fact = json!({"path": ["paths", at], "ports": ports, "links": []});
            if let Some(service) = service {
                fact["service"] = service.into();
            }
            fact
        };
        let web = Some("web");
        let found = vec![
            fact(0, web, "80"),
            fact(1, Some("api"), "80"),
            fact(2, web, "80"),
            // Other pods are behind this port.
            fact(3, web, "9090"),
            // Nobody knows which these are.
            fact(4, None, "80"),
            fact(5, None, "80"),
            // This is no path.
            json!({"path": ["mirrors", 6], "ports": "80", "links": [], "service": "web"}),
        ];
        let told = join_paths(7, found);
        let places: Vec<&Value> = told.iter().map(|fact| &fact["path"][1]).collect();
        assert_eq!(places, [0, 1, 3, 4, 5, 6]);
        let links = told[0]["links"].as_array().map_or(0, Vec::len);
        assert_eq!((links, &told[0]["links"][0]["path"][1]), (1, &json!(2)));
    }
}
