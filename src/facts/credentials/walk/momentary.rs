//! Credentials in a pipeline of what runs beside a job and ends with it: nothing is deployed with them.

use super::candidate::Candidate;
use super::job::is_of_idle_job;
use super::reached::{is_this_machine, servers_of_command};
use super::step::{is_beside, is_of_tests, is_pipeline};
use crate::facts::credentials::Kind;
use crate::facts::credentials::text::settings;
use crate::model::{Node, Resource, Step, ValuePath};

/// Whether a credential in a pipeline is of a container beside a job, of a server on the machine that the
/// job runs on, or of a job that delivers nothing; an address elsewhere is one that somebody logs in to.
pub(in crate::facts::credentials) fn is_momentary(
    resource: &Resource,
    candidate: &Candidate,
) -> bool {
    if !is_pipeline(resource) {
        return false;
    }
    let servers = servers(resource, candidate);
    let is_elsewhere = servers.iter().any(|server| host(server).contains('.'));
    let opens_elsewhere = candidate.credential.verdict.is_told_by_shape();
    is_of_service(candidate)
        || (!opens_elsewhere
            && (is_beside_this_machine(resource, candidate)
                || is_given_to_service(resource, candidate)
                || (!is_elsewhere && is_of_tests(resource, candidate))))
        || servers.iter().any(|server| is_this_machine(server))
        || (!is_elsewhere && is_of_idle_job(resource, candidate))
}

/// `jobs: {a: {services: {db: {env: …}}}}`; GitLab's have `variables`, Azure's stand in `resources`.
fn is_of_service(candidate: &Candidate) -> bool {
    const GIVEN: [&str; 3] = ["env", "variables", "environment"];
    let is_given = |step: &Step| matches!(step, Step::Key(key) if GIVEN.contains(&key.as_str()));
    let steps = candidate.credential.path.steps();
    let given = steps.iter().rposition(is_given);
    given.is_some_and(|given| is_beside(&steps[..given]))
}

/// Whether a variable beside says that what the password is for runs on the job's own machine: `DB_HOST: 127.0.0.1`
/// beside `DB_PASSWORD`.
fn is_beside_this_machine(resource: &Resource, candidate: &Candidate) -> bool {
    let credential = &candidate.credential;
    let steps = credential.path.steps();
    let around = steps
        .split_last()
        .map(|(_, around)| ValuePath(around.to_vec()));
    let Some(around) = around.and_then(|around| resource.at(&around)) else {
        return false;
    };
    let is_own = |(name, host): (Node<'_>, Node<'_>)| {
        let stem = name.as_str().and_then(stem_of_host).unwrap_or_default();
        !stem.is_empty()
            && credential.key.starts_with(stem)
            && host.as_str().is_some_and(is_this_machine)
    };
    around.entries().any(is_own)
}

/// What the name of a variable begins with that says where a server is: `DB_` of `DB_HOST`.
fn stem_of_host(name: &str) -> Option<&str> {
    ["HOST", "HOSTNAME", "SERVER", "ADDR", "host"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
}

/// Whether a container beside one of the jobs is given the same password, so that it is this one's.
fn is_given_to_service(resource: &Resource, candidate: &Candidate) -> bool {
    let node = resource.tree.node(candidate.node);
    let whole = node.and_then(|node| node.as_str());
    let password = match candidate.credential.part {
        Some(part) => whole.and_then(|whole| whole.get(part.range())),
        None => whole,
    };
    let Some(password) = password else {
        return false;
    };
    let jobs = below(resource.node(), "jobs");
    let mut services = jobs.flat_map(|(_, job)| below(job, "services"));
    services.any(|(_, service)| {
        let mut given = below(service, "env");
        given.any(|(_, value)| value.as_str() == Some(password))
    })
}

/// What the object under a key holds.
fn below<'n>(node: Node<'n>, key: &str) -> impl Iterator<Item = (Node<'n>, Node<'n>)> {
    node.get(key).into_iter().flat_map(|one| one.entries())
}

/// What a login says of where it logs in: the address behind it, the servers of a connection string, or those of the
/// command that has it.
fn servers<'r>(resource: &'r Resource, candidate: &Candidate) -> Vec<&'r str> {
    let node = resource.tree.node(candidate.node);
    let text = node.and_then(|node| node.as_str());
    let part = candidate.credential.part;
    let (Some(text), Some(part)) = (text, part) else {
        return Vec::new();
    };
    let (Some(before), Some(behind)) =
        (text.get(..part.start), text.get(part.start + part.length..))
    else {
        return Vec::new();
    };
    match candidate.credential.kind {
        Kind::Url => behind.strip_prefix('@').into_iter().collect(),
        Kind::Argument | Kind::Config => servers_of_command(text, part.start),
        Kind::ConnectionString => {
            let start = before.rfind('\n').map_or(0, |end| end + 1);
            let line = text[start..].lines().next().unwrap_or_default();
            let found = settings(line, names_server).into_iter();
            found.map(|one| &line[one.value]).collect()
        }
        _ => Vec::new(),
    }
}

/// The name of the machine that an address begins with.
fn host(address: &str) -> &str {
    let is_name = |one: char| one.is_alphanumeric() || "-._".contains(one);
    address
        .trim_start_matches("tcp:")
        .split(|one: char| !is_name(one))
        .next()
        .unwrap_or_default()
}

/// Whether a key of a connection string says where the server is; of `Data Source` the last word is one.
fn names_server(key: &str) -> bool {
    ["host", "server", "source", "address", "addr"]
        .iter()
        .any(|name| key.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use crate::facts::credentials::tests::{detector, resource};

    fn keys(job: &str) -> Vec<String> {
        let yaml = format!("jobs:\n  test:\n    runs-on: x\n{job}");
        let mut pipeline = resource(&yaml);
        pipeline.gvk.kind = "GitHubWorkflow".to_owned();
        let found = detector().held(&pipeline).reported.into_iter();
        found.map(|one| one.key).collect()
    }

    #[test]
    fn what_ends_with_a_job_is_not_told() {
        for job in [
            "    services:\n      db:\n        env:\n          POSTGRES_PASSWORD: hQ7tr99xKw\n",
            "    steps:\n    - run: x\n      env:\n        DATABASE_URL: 'postgres://shop:hQ7tr99xKw@localhost:5432/shop'\n",
            "    steps:\n    - run: psql postgres://shop:hQ7tr99xKw@127.0.0.1/shop -c x\n",
            "    env:\n      DB_PASSWORD: hQ7tr99xKw\n    steps:\n    - run: npm test\n",
            "    steps:\n    - run: export DB_PASSWORD=hQ7tr99xKw; pytest\n",
            "    steps:\n    # - run: kubectl apply -f x\n    - run: helm lint . --set a.password=hQ7tr99xKw\n",
            "    env:\n      DB_PASSWORD: hQ7tr99xKw\n    steps:\n    - run: kind create cluster; kubectl apply -f x\n",
            "    env:\n      DATABASE_URL: 'postgres://shop:hQ7tr99xKw@postgres:5432/shop'\n",
            "    env:\n      DB_PASSWORD: hQ7tr99xKw\n  live:\n    runs-on: x\n    steps:\n    - run: kubectl apply -f x\n",
            "    steps:\n    - run: x\n      env:\n        ConnectionStrings__Shop: 'Host=localhost;Username=shop;Password=hQ7tr99xKw'\n",
            "    steps:\n    - run: ./deploy.sh\n    - run: x\n      env: {DB_HOST: 127.0.0.1, DB_PASSWORD: hQ7tr99xKw}\n",
            "    env: {DB_PASSWORD: hQ7tr99xKw}\n    services: {db: {env: {POSTGRES_PASSWORD: hQ7tr99xKw}}}\n    steps:\n    - run: ./deploy.sh\n",
            "    steps:\n    - run: ./deploy.sh; mysql -h127.0.0.1 -uroot -phQ7tr99xKw -e x\n",
            "    steps:\n    - run: ./deploy.sh; curl -u a:hQ7tr99xKw localhost:9200\n",
            "    steps:\n    - run: ./deploy.sh; docker run -d -e MYSQL_ROOT_PASSWORD=hQ7tr99xKw mysql\n",
            "    services: {db: {env: {POSTGRES_PASSWORD: hQ7tr99xKw}}}\n    steps:\n    - run: ./deploy.sh; PGPASSWORD=hQ7tr99xKw psql -h db -c x\n",
            "    steps:\n    - run: mysql -h db -uroot -phQ7tr99xKw -e x; npm test\n",
            "    steps:\n    - run: docker login -u a -p ${{ secrets.X }} r.example.com; docker push x\n",
            "    steps:\n    - shell: python\n      run: deploy(a, --password hQ7tr99xKw)\n",
            "    steps:\n    - uses: x/github-script@v1\n      with: {script: 'deploy --password hQ7tr99xKw'}\n",
        ] {
            assert!(keys(job).is_empty(), "{job}");
        }
    }

    #[test]
    fn what_a_job_logs_in_to_elsewhere_is_told() {
        for job in [
            "    steps:\n    - run: docker login -u a -p hQ7tr99xKw r.example.com\n",
            "    steps:\n    - run: docker login -u a -p hQ7tr99xKw\n",
            "    steps:\n    - run: echo hQ7tr99xKw | docker login -u a --password-stdin r.example.com\n",
            "    steps:\n    - run: curl -u a:hQ7tr99xKw https://example.com/x\n",
            "    steps:\n    - run: PGPASSWORD=hQ7tr99xKw psql -h db.example.com -c x\n",
            "    steps:\n    - run: |\n        make\n        sshpass -p hQ7tr99xKw ssh a@example.com ls\n",
            "    steps:\n    - run: ./deploy.sh --db-password hQ7tr99xKw\n",
            "    steps:\n    - run: psql -h db.example.com -c \"ALTER USER a PASSWORD 'hQ7tr99xKw'\"\n",
            "    steps:\n    - shell: pwsh\n      run: ./deploy.ps1 -Password 'hQ7tr99xKw'\n",
            "    steps:\n    - uses: x/login@v1\n      with:\n        password: hQ7tr99xKw\n",
            "    env:\n      DB_PASSWORD: hQ7tr99xKw\n    steps:\n    - run: helm upgrade --install x .\n",
            "    env:\n      GH_TOKEN: ghp_R7kQ2mX9vL4tB8nW3zC6yH1dF5gJ0sP2aXyZ\n    steps:\n    - run: npm test\n",
            "    env:\n      DB_PASSWORD: hQ7tr99xKw\n    steps:\n    - run: ./deploy.sh\n",
            "    env: {CACHE_HOST: localhost, DB_PASSWORD: hQ7tr99xKw}\n    steps:\n    - run: ./deploy.sh\n",
            "    env: {DB_HOST: db.example.com, DB_PASSWORD: hQ7tr99xKw}\n    steps:\n    - run: ./deploy.sh\n",
            "    env: {DB_PASSWORD: hQ7tr99xKw}\n    services: {db: {env: {POSTGRES_PASSWORD: hQ7tr99xKx}}}\n    steps:\n    - run: ./deploy.sh\n",
            "    steps:\n    - run: x\n      env:\n        DATABASE_URL: 'postgres://shop:hQ7tr99xKw@db.example.com:5432/shop'\n",
            "    steps:\n    - run: x\n      env:\n        DATABASE_URL: 'postgres://shop:hQ7tr99xKw@localhost.example.com/shop'\n",
            "    steps:\n    - run: x\n      env:\n        ConnectionStrings__Shop: 'Host=db.example.com;Username=shop;Password=hQ7tr99xKw'\n",
        ] {
            assert_eq!(keys(job).len(), 1, "{job}");
        }
    }
}
