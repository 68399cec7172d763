//! Packages of a `pom.xml`. Properties are resolved as far as the file itself defines them;
//! parents are not followed.

use std::collections::HashMap;

use super::package::{Broken, Package, Source};
use super::word::Word;
use super::xml::{self, Element};

/// How often a property may lead to another, and how long a resolved text may grow.
const ROUNDS: usize = 8;
const LENGTH_LIMIT: usize = 1024;

/// What Maven takes for a plugin that names no group.
const PLUGIN_GROUP: &str = "org.apache.maven.plugins";

/// Scopes of Maven; a dependency that names none of them has its section as scope.
const SCOPES: [&str; 6] = ["compile", "provided", "runtime", "test", "system", "import"];

/// Dependencies, managed dependencies, and plugins (scope `plugins`) with their dependencies, of
/// the project and of its profiles.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let file = xml::parse(text)?;
    let project = file.root("project")?;
    let properties = Properties::of_project(project);
    let mut packages = Vec::new();
    read(project, &properties, "", &mut packages);
    for profile in all(project, &["profiles"], "profile") {
        let properties = Properties::of_profile(profile, &properties);
        read(profile, &properties, "profiles.", &mut packages);
    }
    Ok(packages)
}

/// Reads what a project and a profile have in common.
fn read(owner: Element<'_>, properties: &Properties<'_>, prefix: &str, found: &mut Vec<Package>) {
    let mut add = |element, scope, path: &str| {
        let section = format!("{prefix}{path}");
        found.extend(package(element, properties, scope, &section));
    };
    for element in all(owner, &["dependencies"], "dependency") {
        add(element, "dependencies", "dependencies");
    }
    for element in all(
        owner,
        &["dependencyManagement", "dependencies"],
        "dependency",
    ) {
        add(
            element,
            "dependencyManagement",
            "dependencyManagement.dependencies",
        );
    }
    let plugins: [(&[&str], &str); 2] = [
        (&["build", "plugins"], "build.plugins"),
        (
            &["build", "pluginManagement", "plugins"],
            "build.pluginManagement.plugins",
        ),
    ];
    for (path, section) in plugins {
        for plugin in all(owner, path, "plugin") {
            add(plugin, "plugins", section);
            for element in all(plugin, &["dependencies"], "dependency") {
                add(element, "plugins", &format!("{section}.dependencies"));
            }
        }
    }
}

/// The elements of a name in the list under a path.
fn all<'d>(owner: Element<'d>, path: &[&str], name: &str) -> impl Iterator<Item = Element<'d>> {
    let list = owner.find(path).into_iter().flat_map(Element::children);
    list.filter(move |element| element.is_named(name))
}

/// The package of an element, if it names an artifact and a group.
fn package(
    element: Element<'_>,
    properties: &Properties<'_>,
    scope: &str,
    section: &str,
) -> Option<Package> {
    let group = element
        .child_text("groupId")
        .map(|group| properties.resolve(&group.text));
    let default = || element.is_named("plugin").then(|| PLUGIN_GROUP.to_owned());
    let group = group.or_else(default)?;
    let artifact = element.child_text("artifactId")?;
    let version = element.child_text("version").map(|version| Word {
        text: properties.resolve(&version.text),
        place: version.place,
    });
    let text = format!("{group}:{}", properties.resolve(&artifact.text));
    let written = element
        .child_text("scope")
        .map(|scope| properties.resolve(&scope.text));
    let known = SCOPES
        .into_iter()
        .find(|known| written.as_deref() == Some(known));
    let source = Source {
        ecosystem: "maven",
        scope: known.unwrap_or(scope),
        section,
    };
    Some(Package::new(
        source,
        Word {
            text,
            place: artifact.place,
        },
        version,
    ))
}

/// What a file defines for `${…}`.
struct Properties<'a> {
    own: HashMap<String, String>,
    outer: Option<&'a Self>,
}

impl<'a> Properties<'a> {
    /// A project's properties, with its own coordinates and those of its parent among them.
    fn of_project(project: Element<'_>) -> Self {
        let mut own = HashMap::new();
        for field in ["groupId", "artifactId", "version"] {
            let parent = project.find(&["parent", field]).and_then(Element::text);
            let text = project.child_text(field).or_else(|| parent.clone());
            for (prefix, text) in [
                ("project.parent", parent),
                ("project", text.clone()),
                ("pom", text),
            ] {
                own.extend(text.map(|text| (format!("{prefix}.{field}"), text.text)));
            }
        }
        own.extend(defined(project));
        Self { own, outer: None }
    }

    fn of_profile(profile: Element<'_>, outer: &'a Self) -> Self {
        Self {
            own: defined(profile).collect(),
            outer: Some(outer),
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        let outer = || self.outer.and_then(|outer| outer.value(name));
        self.own.get(name).map(String::as_str).or_else(outer)
    }

    /// The text with its properties resolved. What the file does not define stays as written.
    fn resolve(&self, text: &str) -> String {
        let mut resolved = text.to_owned();
        for _ in 0..ROUNDS {
            match self.replaced(&resolved) {
                Some(next) if next != resolved => resolved = next,
                _ => break,
            }
        }
        resolved
    }

    /// One round. `None` if there is nothing to replace, or if the result would be too long.
    fn replaced(&self, text: &str) -> Option<String> {
        let mut rest = text;
        let mut result = String::new();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            result.push_str(before);
            match self.value(name) {
                Some(value) if value.len() + result.len() > LENGTH_LIMIT => return None,
                Some(value) => result.push_str(value),
                None => result.extend(["${", name, "}"]),
            }
            rest = after;
        }
        result.push_str(rest);
        (rest.len() < text.len() && result.len() <= LENGTH_LIMIT).then_some(result)
    }
}

fn defined(owner: Element<'_>) -> impl Iterator<Item = (String, String)> {
    let properties = owner
        .child("properties")
        .into_iter()
        .flat_map(Element::children);
    properties.filter_map(|one| Some((one.name().to_owned(), one.text()?.text)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- größe € <dependency><artifactId>azure-commented</artifactId></dependency> -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>com.shop</groupId><artifactId>parent</artifactId><version>9</version></parent>
  <artifactId>azure-shop</artifactId>
  <properties>
    <azure.group>com.azure</azure.group><azure.version>1.${minor}</azure.version><minor>2</minor>
    <loop>${loop}</loop><dependencies>azure-look-alike</dependencies>
  </properties>
  <dependencies>
    <dependency>
      <groupId>com.azure</groupId> <artifactId> azure-identity </artifactId>
      <exclusions><exclusion><groupId>com.azure</groupId><artifactId>azure-excluded</artifactId></exclusion></exclusions>
      <version>1.11.0</version>
    </dependency>
    <dependency><artifactId>azure-core</artifactId><groupId>${azure.group}</groupId>
      <version>${azure.version}</version><scope>test</scope></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>shop-${minor}</artifactId>
      <version>${project.version}-${unknown}-${loop}</version></dependency>
    <dependency><artifactId>azure-without-group</artifactId></dependency>
  </dependencies>
  <dependencyManagement><dependencies>
    <dependency><groupId>com.azure</groupId><artifactId>azure-sdk-bom</artifactId>
      <version>1</version><type>pom</type><scope>import</scope></dependency>
  </dependencies></dependencyManagement>
  <build><plugins><plugin>
    <groupId>com.microsoft.azure</groupId><artifactId>azure-webapp-maven-plugin</artifactId>
    <configuration><dependencies><dependency><groupId>a</groupId><artifactId>azure-configured</artifactId></dependency></dependencies></configuration>
    <dependencies><dependency><groupId>com.azure</groupId><artifactId>azure-in-plugin</artifactId></dependency></dependencies>
  </plugin></plugins>
  <pluginManagement><plugins><plugin><artifactId>maven-jar-plugin</artifactId></plugin></plugins></pluginManagement></build>
  <profiles><profile><properties><minor>3</minor></properties>
    <dependencies><dependency><groupId>com.azure</groupId><artifactId>azure-cosmos</artifactId><version>${azure.version}</version></dependency></dependencies>
  </profile></profiles>
</project>
"#;

    const PACKAGES: [&str; 8] = [
        "dependencies: dependencies.com.azure:azure-identity com.azure:azure-identity 1.11.0",
        "test: dependencies.com.azure:azure-core com.azure:azure-core 1.2 from ${azure.version}",
        "dependencies: dependencies.com.shop:shop-2 com.shop:shop-2 9-${unknown}-${loop} from ${project.version}-${unknown}-${loop}",
        "import: dependencyManagement.dependencies.com.azure:azure-sdk-bom com.azure:azure-sdk-bom 1",
        "plugins: build.plugins.com.microsoft.azure:azure-webapp-maven-plugin com.microsoft.azure:azure-webapp-maven-plugin -",
        "plugins: build.plugins.dependencies.com.azure:azure-in-plugin com.azure:azure-in-plugin -",
        "plugins: build.pluginManagement.plugins.org.apache.maven.plugins:maven-jar-plugin org.apache.maven.plugins:maven-jar-plugin -",
        "dependencies: profiles.dependencies.com.azure:azure-cosmos com.azure:azure-cosmos 1.3 from ${azure.version}",
    ];

    #[test]
    fn dependencies_are_read_and_look_alikes_are_not() {
        let text = SHOP.replace("shop-${minor}", "shop-2");
        assert_eq!(listed(Format::MavenPom, &text), PACKAGES);
        assert_eq!(listed(Format::MavenPom, &as_on_windows(&text)), PACKAGES);
    }

    #[test]
    fn artifacts_are_resolved_and_marked_as_written() {
        let found = packages(Format::MavenPom, SHOP).expect("is well-formed");
        let span = found[2].name_span;
        assert_eq!(found[2].name, "com.shop:shop-2");
        assert_eq!(
            &SHOP[span.start as usize..span.end as usize],
            "shop-${minor}"
        );
    }

    #[test]
    fn properties_that_grow_are_left_as_written() {
        let many = "${b}".repeat(100);
        let text = format!(
            "<project><properties><a>{many}</a><b>{many}</b></properties><dependencies><dependency>\
             <groupId>g</groupId><artifactId>a</artifactId><version>${{a}}</version></dependency>\
             </dependencies></project>"
        );
        let found = packages(Format::MavenPom, &text).expect("is well-formed");
        assert!(
            found[0]
                .version
                .as_ref()
                .is_some_and(|version| version.len() <= 1024)
        );
    }

    #[test]
    fn broken_files_say_where() {
        let cases = [("<other/>", 0), ("<project>ä<a></project>", 14)];
        for (text, offset) in cases {
            let broken = packages(Format::MavenPom, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{}", broken.reason);
        }
    }
}
