use std::sync::Arc;

use super::*;
use crate::model::{Artifact, Node};

/// What stands in what a script's commands make, as `kind path=value`.
fn made(text: &str) -> Vec<String> {
    let artifact = Arc::new(Artifact::new("a.sh", "a.sh", text.to_owned()));
    let script = Script::of_file(&artifact).expect("serves a cluster");
    let mut told = Vec::new();
    for resource in script.resources() {
        resource.node().visit_scalars(&mut |path, node: Node<'_>| {
            let key = path.iter().rev().find_map(|step| match step {
                crate::model::Visited::Key(key) => key.as_str(),
                crate::model::Visited::Index(_) => None,
            });
            let value = &text[node.span().range()];
            let key = key.unwrap_or_default();
            told.push(format!("{} {key}={value}", resource.gvk.kind));
        });
    }
    told
}

#[test]
fn commands_of_openshift_take_images_in() {
    let cases: [(&str, &[&str]); 14] = [
        (
            "oc new-app --name=a --docker-image=q.io/b:1 -l c=d",
            &["Pod name=a", "Pod image=q.io/b:1"],
        ),
        (
            "oc new-app q.io/a/b:1 --name c",
            &["Pod name=c", "Pod image=q.io/a/b:1"],
        ),
        ("oc new-app --image b:1", &["Pod image=b:1"]),
        (
            "oc new-app q.io/a/b~https://github.com/c/d.git",
            &[
                "ImageStream kind=",
                "ImageStream kind=",
                "ImageStream name=q.io/a/b",
            ],
        ),
        (
            "oc new-build --binary q.io/a/b:1",
            &[
                "ImageStream kind=",
                "ImageStream kind=",
                "ImageStream name=q.io/a/b:1",
            ],
        ),
        (
            "oc import-image a:1 --from=q.io/a:1 --confirm",
            &[
                "ImageStream kind=",
                "ImageStream kind=",
                "ImageStream name=q.io/a:1",
            ],
        ),
        (
            "oc create dc a --image=b:1",
            &["Pod name=a", "Pod image=b:1"],
        ),
        ("kubectl debug node/a -it --image=b:1", &["Pod image=b:1"]),
        (
            "oc tag --source=docker q.io/a:1 a:1",
            &[
                "ImageStream kind=",
                "ImageStream kind=",
                "ImageStream name=q.io/a:1",
            ],
        ),
        ("oc tag q.io/b/a:1 a:1", &[]),
        ("oc new-app https://github.com/a/b.git", &[]),
        ("oc new-app github.com/a/b openshift/php", &[]),
        ("oc new-app php~https://github.com/a/b", &[]),
        (
            "oc new-app --code q.io/a/b -e A=q.io/b/c mysql",
            &["Pod A=q.io/b/c"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(made(text), expected, "{text}");
    }
}

#[test]
fn variables_say_which_image_a_command_takes() {
    let cases: [(&str, &[&str]); 6] = [
        (
            "I=q.io/a/b:1\nkubectl run x --image=\"$I\"",
            &["Pod name=x", "Pod image=q.io/a/b:1"],
        ),
        (
            "helm install a b --set image.tag=${T:-latest}",
            &["Values tag=latest"],
        ),
        (
            "args=(\n  --set \"c.image.repository=d/e\"\n  --set c.image.tag=$T\n)\nrun \"${args[@]}\"",
            &["Values repository=d/e"],
        ),
        (
            "args+=(--set-string a=b,c=d)",
            &["Values a=b", "Values c=d"],
        ),
        (
            "A := --set image.repository=d/e \\\n  --set x=1\n",
            &["Values repository=d/e", "Values x=1"],
        ),
        ("I=$(x)\nkubectl run --image=$I\nother --set a=b", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(
            made(&format!("# helm kubectl --set \n{text}")),
            expected,
            "{text}"
        );
    }
    // What is joined stands where the command says it.
    assert_eq!(
        made("R=q.io/a\nkubectl set image deploy/x y=$R/b:$T"),
        ["Pod name=y", "Pod image=$R/b:$T"]
    );
}

#[test]
fn a_command_says_what_it_makes() {
    let cases: [(&str, &[&str]); 44] = [
        (
            "helm upgrade a b --set-json 'c={\"d\":{\"e\":\"f\"}}' --set-json g=1",
            &["Values e=\"f\""],
        ),
        (
            "K=(kubectl --context b)\n\"${K[@]}\" create secret generic a --from-literal=b=c",
            &["Secret b=c"],
        ),
        (
            "K=\"oc -n b\"\n$K create cm a --from-literal=b=c",
            &["ConfigMap b=c"],
        ),
        (
            "k() { kubectl -n b \"$@\"; }\nk create cm a --from-literal=b=c",
            &["ConfigMap b=c"],
        ),
        (
            "function up {\n  echo up\n  helm upgrade --install \"$@\" --wait\n}\nup a b --set c=d",
            &["Values c=d"],
        ),
        (
            "# kubectl\nK=(echo kubectl)\nk() { echo \"$@\"; }\n\"${K[@]}\" create cm a --from-literal=b=c\nk create cm a --from-literal=b=c",
            &[],
        ),
        (
            "run_command kubectl create cm a --from-literal=b=c",
            &["ConfigMap b=c"],
        ),
        (
            "with_retry 5 -- helm upgrade a b --set c=d",
            &["Values c=d"],
        ),
        (
            "log_command \"kubectl create cm a --from-literal=b=c\"",
            &["ConfigMap b=c"],
        ),
        (
            "run \"Make it\" oc create cm a --from-literal=b=c",
            &["ConfigMap b=c"],
        ),
        (
            "echo kubectl create cm a --from-literal=b=c\nlog_info kubectl create cm a --from-literal=b=c\nlog \"kubectl create cm a --from-literal=b=c\"\nwhich kubectl\napt install kubectl\ncheck_command kubectl",
            &[],
        ),
        (
            "B=\"c d\"\nkubectl exec a -- sh -c \"$B\"",
            &["Pod command=sh", "Pod command=-c", "Pod command=c d"],
        ),
        (
            "B=c\nargocd account update-password --new-password $B",
            &[
                "Pod command=argocd",
                "Pod command=account",
                "Pod command=update-password",
                "Pod command=--new-password",
                "Pod command=c",
            ],
        ),
        (
            "B=c\necho \"$B\" | docker login a --password-stdin",
            &[
                "Pod command=docker",
                "Pod command=login",
                "Pod command=a",
                "Pod command=--password",
                "Pod command=c",
            ],
        ),
        (
            "B=c\nprintf '%s' \"${B}\" | sudo podman login --password-stdin",
            &[
                "Pod command=podman",
                "Pod command=login",
                "Pod command=--password",
                "Pod command=c",
            ],
        ),
        (
            "B=c\nhelm registry login a --password-stdin <<< \"$B\"",
            &[
                "Pod command=helm",
                "Pod command=registry",
                "Pod command=login",
                "Pod command=a",
                "Pod command=--password",
                "Pod command=c",
                "Pod command=c",
            ],
        ),
        (
            "kubectl patch secret a -p '{\"b\": \"'\"$(argocd account bcrypt --password c)\"'\"}'",
            &[
                "Pod command=argocd",
                "Pod command=account",
                "Pod command=bcrypt",
                "Pod command=--password",
                "Pod command=c",
            ],
        ),
        ("helm upgrade a b --set c=d --dry-run=server", &[]),
        (
            "echo -n 'x7' > ./b.txt\nprintf y8 >c\nkubectl create secret generic a --from-file=b.txt --from-file=d=./c",
            &["Secret b.txt=x7", "Secret d=y8"],
        ),
        (
            "echo \"$B\" > b\nopenssl rand -hex 8 > c\necho x y > d\necho x > e\necho y > e\nkubectl create secret generic a --from-file=b --from-file=c --from-file=d --from-file=e --from-file=f",
            &[],
        ),
        (
            "echo x7 >> b\nkubectl create secret generic a --from-file=b",
            &["Secret b=x7"],
        ),
        (
            "echo u=a > b\necho p=x7 >>b\necho u=c >> c\necho u=d > d\necho u=e > d\nkubectl create secret generic a --from-file=b --from-file=d",
            &["Secret u=a", "Secret p=x7"],
        ),
        (
            "kubectl create secret generic a --from-literal=b='c d' --from-literal \"e=f\"",
            &["Secret b=c d", "Secret e=f"],
        ),
        (
            "B=c\nkubectl create secret generic a --from-literal=b=\"$B\" --from-literal=d=${D:-e} --from-literal=f=$F",
            &["Secret b=c", "Secret d=e"],
        ),
        (
            "@oc -n x create cm a --from-literal=b=c",
            &["ConfigMap b=c"],
        ),
        (
            "helm upgrade a b --set c.d=e,c.f=true,g={h,i} --set-string='j=k\\,l'",
            &["Values d=e", "Values f=true", "Values j=k\\,l"],
        ),
        (
            "helm install a b --set c[0].d=e,c[1].d=f --set c[0].g=h",
            &["Values d=e", "Values g=h", "Values d=f"],
        ),
        (
            "kubectl set image deploy/a b=c:1 d=$E -n x --record=true",
            &["Pod name=b", "Pod image=c:1"],
        ),
        (
            "kubectl set image deploy -l app=x --selector tier=y $C=q.io/m/$I:$T d=$E/f:1 g=q.io/h:2",
            &[
                "Pod name=$C",
                "Pod image=q.io/m/$I:$T",
                "Pod name=g",
                "Pod image=q.io/h:2",
            ],
        ),
        (
            "kubectl run a --image=b:1 -- sh --image=c",
            &[
                "Pod name=a",
                "Pod image=b:1",
                "Pod command=sh",
                "Pod command=--image=c",
            ],
        ),
        ("kubectl set env deploy/a B=c D=$E F-", &["Pod B=c"]),
        ("kubectl run a --env=B=c -e=D=e", &["Pod B=c", "Pod D=e"]),
        (
            "flux create secret git a --password=b",
            &["Secret password=b"],
        ),
        (
            "argocd app set a -p b.c=d --helm-set e=f",
            &["Values c=d", "Values e=f"],
        ),
        ("kubectl create job \"$A\" --image b:1", &["Pod image=b:1"]),
        (
            "kustomize edit set image a=b:1 c=:2 d=*:3",
            &["Pod name=a", "Pod image=b:1"],
        ),
        (
            "kubectl patch secret a -p='{\"data\":{\"b\":\"c\"}}'",
            &["Secret b=\"c\""],
        ),
        (
            "kubectl patch sa a -p '{\"imagePullSecrets\":[{\"name\":\"b\"}]}'",
            &["ServiceAccount name=\"b\""],
        ),
        (
            "oc secrets link a b --for=pull",
            &["ServiceAccount imagePullSecrets=b"],
        ),
        ("oc secrets link a b", &[]),
        ("kubectl create secret generic a --from-literal=b=$C", &[]),
        ("kubectl create secret generic a --from-literal=b=`c`", &[]),
        ("docker run --image=a; kubectl get pods", &[]),
        ("helm list --set a=b", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(made(text), expected, "{text}");
    }
}

#[test]
fn files_are_taken_from_where_the_script_is() {
    let told = |text: &str| {
        let words = &crate::shell::commands(text)[0].words;
        let files = files(text, words).into_iter();
        files.map(|one| one.path).collect::<Vec<_>>()
    };
    let create = "kubectl create secret generic a";
    for (options, expected) in [
        ("--from-file=b/c.xml", vec!["b/c.xml"]),
        ("--from-file d=\"$HERE/c.xml\"", vec!["c.xml"]),
        ("--from-env-file=.env", vec![".env"]),
        ("--from-file=$FILE", vec![]),
        ("--from-literal=b=c", vec![]),
    ] {
        assert_eq!(told(&format!("{create} {options}")), expected, "{options}");
    }
    assert_eq!(told("kubectl apply --from-file=b"), [""; 0]);
}

#[test]
fn any_command_is_survived() {
    for text in [
        "kubectl create secret",
        "kubectl --from-literal",
        "kubectl set image",
        "kubectl patch secret -p {",
        "helm install --set =,.=,a..b=c",
        "helm install --set 'é={'",
        "helm install --set a[0]=b,a[0].c=d,a[][1=e,a.b=f,[0]=g,a[0][1].h=i",
        "k3s",
        "kubectl run --image",
    ] {
        let text = format!("{text}\nkubectl");
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            for one in crate::shell::commands(&text[..end]) {
                let artifact = Arc::new(Artifact::new("a.sh", "a.sh", text[..end].to_owned()));
                if let Some(script) = Script::of_file(&artifact) {
                    resources(&script, &one.words, &mut Vec::new());
                }
            }
        }
    }
}

#[test]
fn release_and_chart_stand_before_options_or_behind_them() {
    for command in [
        "helm install a q/shop --set b=c",
        "helm install --wait --set b=c --namespace d a q/shop",
        "helm upgrade -i --timeout=5m a q/shop --set b=c -f e.yaml",
        "helm upgrade -n d -i a --set b=c q/shop --atomic",
        "helm install --set b=c --generate-name q/shop",
    ] {
        let artifact = Arc::new(Artifact::new("a.sh", "a.sh", command.to_owned()));
        let script = Script::of_file(&artifact).expect("serves a cluster");
        let resources = script.resources();
        let names: Vec<&str> = resources
            .iter()
            .map(|one| one.identity.name.as_str())
            .collect();
        assert_eq!(names, ["shop"], "{command}");
    }
}

#[test]
fn a_template_that_is_only_shown_deploys_nothing() {
    let made = |file: &str, text: &str| {
        let artifact = Arc::new(Artifact::new(file, file, text.to_owned()));
        let script = Script::of_file(&artifact).expect("serves a cluster");
        script.resources().len()
    };
    let shown = "show:\n\thelm template a b --set c=d\n";
    assert_eq!(made("Makefile", shown), 0);
    let checked = "helm template a b --set c=d | kubeconform -strict\n";
    assert_eq!(made("a.sh", checked), 0);
    for (file, text) in [
        ("a.sh", "helm template a b --set c=d\n"),
        (
            "Makefile",
            "up:\n\thelm template a b --set c=d | kubectl apply -f -\n",
        ),
        (
            "Makefile",
            "show:\n\thelm template a b --set c=d\nup:\n\tmake show | kubectl apply -f -\n",
        ),
        (
            "Makefile",
            "up:\n\techo \"$$(helm template a b --set c=d)\" | x\n",
        ),
        (
            "Makefile",
            "up:\n\thelm template a b --set c=d --output-dir e\n",
        ),
        ("Makefile", "up:\n\thelm upgrade a b --set c=d\n"),
    ] {
        assert_eq!(made(file, text), 1, "{text}");
    }
}
