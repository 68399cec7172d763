//! Packages of MSBuild files: projects of .NET and the props that they share. Properties
//! (`$(…)`) stay as written, for any imported file may define them.

use super::package::{Broken, Package, Source};
use super::word::Word;
use super::xml::{self, Element};

const ITEMS: [&str; 4] = [
    "PackageReference",
    "PackageVersion",
    "GlobalPackageReference",
    "PackageDownload",
];

/// One package for each name that an item includes or updates.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let file = xml::parse(text)?;
    let elements = file.root("Project")?.descendants();
    let groups = elements.filter(|element| element.is_named("ItemGroup"));
    let items = groups.flat_map(Element::children);
    Ok(items.flat_map(|item| item_packages(text, item)).collect())
}

fn item_packages(text: &str, item: Element<'_>) -> Vec<Package> {
    let Some(kind) = ITEMS.iter().find(|kind| item.is_named(kind)) else {
        return Vec::new();
    };
    let source = Source {
        ecosystem: "nuget",
        scope: kind,
        section: kind,
    };
    let names = item
        .attribute("Include")
        .or_else(|| item.attribute("Update"));
    let names = names.map(|names| split(text, &names)).unwrap_or_default();
    let version = version(item);
    names
        .into_iter()
        .map(|name| Package::new(source, name, version.clone()))
        .collect()
}

/// A project may override the version that a shared file gives.
fn version(item: Element<'_>) -> Option<Word> {
    let named = |name| item.attribute(name).or_else(|| item.child_text(name));
    named("Version").or_else(|| named("VersionOverride"))
}

/// An item may include several names with `;` between them.
fn split(text: &str, names: &Word) -> Vec<Word> {
    let mut start = 0;
    let mut words = Vec::new();
    for name in names.text.split(';') {
        let inside = start + name.len() - name.trim_start().len();
        if !name.trim().is_empty() {
            words.push(names.part(text, inside..inside + name.trim().len()));
        }
        start += name.len() + 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<!-- größe € <PackageReference Include="Azure.Commented" Version="1" /> -->
<Project Sdk="Microsoft.NET.Sdk" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <PropertyGroup><PackageReference Include="Azure.LookAlike">1</PackageReference></PropertyGroup>
  <ItemDefinitionGroup><PackageReference><PrivateAssets>all</PrivateAssets></PackageReference></ItemDefinitionGroup>
  <ItemGroup>
    <PackageReference Include="Azure.Identity" Version="1.10.0" />
    <PackageReference Version='[2,3)' Include=' Azure.Storage.Blobs '></PackageReference>
    <packagereference Include="Azure.Core"><Version> $(AzureCore) </Version></packagereference>
    <PackageReference Update="Azure.Updated" VersionOverride="5" />
    <PackageReference Include="Azure.A; Azure.B;" />
    <PackageReference Remove="Azure.Removed" />
    <ProjectReference Include="Azure.Project" /><None Include="Azure.None" />
  </ItemGroup>
  <Choose><When Condition="'$(X)' == 'y'"><ItemGroup Condition="a">
    <PackageReference Include="Azure.Chosen" Version="1" /></ItemGroup></When></Choose>
  <ItemGroup>
    <PackageVersion Include="Azure.Central" Version="7" />
    <GlobalPackageReference Include="Azure.Global" Version="8" />
  </ItemGroup>
</Project>
"#;

    const PACKAGES: [&str; 9] = [
        "PackageReference: PackageReference.Azure.Identity Azure.Identity 1.10.0",
        "PackageReference: PackageReference.Azure.Storage.Blobs Azure.Storage.Blobs [2,3)",
        "PackageReference: PackageReference.Azure.Core Azure.Core $(AzureCore)",
        "PackageReference: PackageReference.Azure.Updated Azure.Updated 5",
        "PackageReference: PackageReference.Azure.A Azure.A -",
        "PackageReference: PackageReference.Azure.B Azure.B -",
        "PackageReference: PackageReference.Azure.Chosen Azure.Chosen 1",
        "PackageVersion: PackageVersion.Azure.Central Azure.Central 7",
        "GlobalPackageReference: GlobalPackageReference.Azure.Global Azure.Global 8",
    ];

    #[test]
    fn items_are_read_and_look_alikes_are_not() {
        assert_eq!(listed(Format::MsBuild, SHOP), PACKAGES);
        assert_eq!(listed(Format::MsBuild, &as_on_windows(SHOP)), PACKAGES);
    }

    #[test]
    fn broken_files_say_where() {
        let cases = [
            ("<!-- ä --><Other/>", 11),
            ("<Project><ItemGroup></Project>", 20),
        ];
        for (text, offset) in cases {
            let broken = packages(Format::MsBuild, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{}", broken.reason);
        }
    }
}
