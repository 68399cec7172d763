//! Packages of Gradle's build files, in Groovy and in Kotlin. These are programs: they are read
//! as words, strings and blocks, never run. What a variable, a loop or a version catalogue
//! (`libs.azure`) stands for is not known here.

mod call;
mod lexer;

use std::ops::Range;

use super::package::{Broken, Package};
use call::Call;
use lexer::{Kind, Lexer, Token};

/// Blocks whose statements ask for packages: Gradle's own, and that of Spring's plugin.
const BLOCKS: [&str; 2] = ["dependencies", "dependencyManagement"];

/// The packages of all dependency blocks, wherever they stand.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let mut reader = Reader {
        text,
        blocks: Vec::new(),
        statement: Statement::default(),
        packages: Vec::new(),
    };
    let mut lexer = Lexer::new(text);
    while let Some(token) = lexer.token()? {
        reader.take(token)?;
    }
    reader.end_statement();
    match reader.blocks.first() {
        Some(block) => Err(Broken::at(text, block.start, "the block is not closed")),
        None => Ok(reader.packages),
    }
}

struct Reader<'a> {
    text: &'a str,
    blocks: Vec<Block>,
    statement: Statement,
    packages: Vec<Package>,
}

/// A block that is open.
struct Block {
    start: usize,
    asks_for_packages: bool,
    /// The parentheses that are open around the block.
    depth: usize,
}

#[derive(Default)]
struct Statement {
    tokens: Vec<Token>,
    /// The parentheses that are open: a statement does not end within them.
    depth: usize,
    /// The name of a block that the line before may have opened.
    name: Option<Range<usize>>,
    /// Whether the line before asked for a package, so that a block belongs to it.
    found: bool,
}

impl Reader<'_> {
    fn take(&mut self, token: Token) -> Result<(), Broken> {
        match token.kind {
            Kind::Mark(b'{') => self.open(token.place.start),
            Kind::Mark(b'}') => return self.close(token.place.start),
            Kind::Mark(b';') => self.end_statement(),
            Kind::Line if self.statement.depth == 0 && !self.continues() => self.end_statement(),
            Kind::Line => {}
            Kind::Mark(mark) => {
                match mark {
                    b'(' | b'[' => self.statement.depth += 1,
                    b')' | b']' => self.statement.depth = self.statement.depth.saturating_sub(1),
                    _ => {}
                }
                self.statement.tokens.push(token);
            }
            Kind::Word | Kind::Text => self.statement.tokens.push(token),
        }
        Ok(())
    }

    /// A line that ends in a comma goes on.
    fn continues(&self) -> bool {
        self.statement
            .tokens
            .last()
            .is_some_and(|last| last.kind == Kind::Mark(b','))
    }

    fn open(&mut self, start: usize) {
        let depth = self.statement.depth;
        self.end_statement();
        let name = self.statement.name.take().map(|name| &self.text[name]);
        let asks_for_packages = match name {
            Some(name) if BLOCKS.contains(&name) => true,
            // What is in the block of a dependency says more about that one alone.
            _ => self.asks_for_packages() && !self.statement.found,
        };
        self.blocks.push(Block {
            start,
            asks_for_packages,
            depth,
        });
        self.statement = Statement::default();
    }

    fn close(&mut self, offset: usize) -> Result<(), Broken> {
        self.end_statement();
        let block = self.blocks.pop();
        let block = block.ok_or_else(|| Broken::at(self.text, offset, "no block is open here"))?;
        self.statement = Statement {
            depth: block.depth,
            ..Statement::default()
        };
        Ok(())
    }

    fn asks_for_packages(&self) -> bool {
        self.blocks
            .last()
            .is_some_and(|block| block.asks_for_packages)
    }

    fn end_statement(&mut self) {
        if self.statement.tokens.is_empty() {
            return;
        }
        let tokens = std::mem::take(&mut self.statement).tokens;
        let before = self.packages.len();
        if self.asks_for_packages() {
            Call {
                text: self.text,
                tokens: &tokens,
            }
            .read(&mut self.packages);
        }
        let found = self.packages.len() > before;
        let name = block_name(&tokens);
        self.statement = Statement {
            name,
            found,
            ..Statement::default()
        };
    }
}

/// The word right before a block, or before the parentheses in front of it.
fn block_name(tokens: &[Token]) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    for token in tokens.iter().rev() {
        match token.kind {
            Kind::Mark(b')') => depth += 1,
            Kind::Mark(b'(') => depth = depth.checked_sub(1)?,
            Kind::Word if depth == 0 => return Some(token.place.clone()),
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const GROOVY: &str = r#"/* größe € dependencies { implementation 'com.azure:commented:1' } */
plugins { id 'java' }
repositories { maven { url 'https://user:secret@example.com' } } // { 'not closed
ext.dependencies = [azure: 'com.azure:look-alike:1']
def pattern = ~/["{]/
buildscript { dependencies { classpath 'com.azure:azure-plugin:1' } }
dependencies {
    implementation 'com.azure:azure-identity:1.11.0', "com.azure:azure-core:$azureVersion"
    // implementation 'com.azure:commented:1'
    api("com.azure:azure-storage-blob:${versions['azure:x']}") {
        exclude group: 'com.azure', name: 'excluded'
        because 'com.azure:why:1'
        version { strictly 'com.azure:odd' }
    }
    implementation platform('com.azure:azure-sdk-bom:1.2.18')
    testImplementation group: 'com.azure', name: 'azure-test', version: '2'
    runtimeOnly(
        [group: 'com.azure', name: 'azure-map-a', version: '3'],
        [group: 'com.azure', name: 'azure-map-b']
    )
    if (name == 'com.azure:compared') { kapt 'com.azure:azure-kapt:1:sources@jar' }
    compileOnly 'com.azure:azure-no-version'; compileOnly project(':com.azure:project')
    compileOnly files('libs/com.azure.jar'), libs.azure.identity
    implementation 'com.azure:azure-plus:' + version
    String azure = 'com.azure:assigned:1'
    constraints
    {
        implementation('com.azure:azure-constraint:4')
    }
}
dependencyManagement { imports { mavenBom "com.azure.spring:spring-cloud-azure-dependencies:5.8.0" } }
task copy { from 'com.azure:outside:1' }
"#;

    const GROOVY_PACKAGES: [&str; 13] = [
        "classpath: classpath.com.azure:azure-plugin com.azure:azure-plugin 1",
        "implementation: implementation.com.azure:azure-identity com.azure:azure-identity 1.11.0",
        "implementation: implementation.com.azure:azure-core com.azure:azure-core $azureVersion",
        "api: api.com.azure:azure-storage-blob com.azure:azure-storage-blob ${versions['azure:x']}",
        "implementation: implementation.com.azure:azure-sdk-bom com.azure:azure-sdk-bom 1.2.18",
        "testImplementation: testImplementation.com.azure:azure-test com.azure:azure-test 2",
        "runtimeOnly: runtimeOnly.com.azure:azure-map-a com.azure:azure-map-a 3",
        "runtimeOnly: runtimeOnly.com.azure:azure-map-b com.azure:azure-map-b -",
        "kapt: kapt.com.azure:azure-kapt com.azure:azure-kapt 1",
        "compileOnly: compileOnly.com.azure:azure-no-version com.azure:azure-no-version -",
        "implementation: implementation.com.azure:azure-plus com.azure:azure-plus -",
        "implementation: implementation.com.azure:azure-constraint com.azure:azure-constraint 4",
        "mavenBom: mavenBom.com.azure.spring:spring-cloud-azure-dependencies com.azure.spring:spring-cloud-azure-dependencies 5.8.0",
    ];

    const KOTLIN: &str = r#"import org.gradle.api.* // größe €
val notes = """ dependencies { implementation("com.azure:quoted:1") } """
kotlin { sourceSets { val jvmMain by getting { dependencies { implementation("com.azure:azure-identity:1") } } } }
dependencies {
    implementation(platform("com.azure:azure-sdk-bom:${property("azure.version")}"))
    implementation("com.azure", "azure-core", "1.2")
    implementation(group = "com.azure", name = "azure-named", version = "2")
    "custom"("com.azure:azure-custom:3")
    add("implementation", "com.azure:azure-added:4")
    implementation(kotlin("stdlib", "1.9")); implementation(project(":com.azure:project"))
    implementation(libs.azure.identity)
    testImplementation("com.azure:azure-test") { isTransitive = false; exclude("com.azure", "out") }
    exclude("com.azure", "azure-excluded")
    val azure = "com.azure:assigned:1"
    listOf("com.azure:azure-listed:5").forEach { implementation(it) }
}
"#;

    const KOTLIN_PACKAGES: [&str; 8] = [
        "implementation: implementation.com.azure:azure-identity com.azure:azure-identity 1",
        r#"implementation: implementation.com.azure:azure-sdk-bom com.azure:azure-sdk-bom ${property("azure.version")}"#,
        "implementation: implementation.com.azure:azure-core com.azure:azure-core 1.2",
        "implementation: implementation.com.azure:azure-named com.azure:azure-named 2",
        "custom: custom.com.azure:azure-custom com.azure:azure-custom 3",
        "dependencies: dependencies.com.azure:azure-added com.azure:azure-added 4",
        "testImplementation: testImplementation.com.azure:azure-test com.azure:azure-test -",
        "dependencies: dependencies.com.azure:azure-listed com.azure:azure-listed 5",
    ];

    #[test]
    fn groovy_is_read_and_look_alikes_are_not() {
        let expected = GROOVY_PACKAGES;
        assert_eq!(listed(Format::Gradle, GROOVY), expected);
        assert_eq!(listed(Format::Gradle, &as_on_windows(GROOVY)), expected);
    }

    #[test]
    fn kotlin_is_read_and_look_alikes_are_not() {
        assert_eq!(listed(Format::Gradle, KOTLIN), KOTLIN_PACKAGES);
        assert_eq!(
            listed(Format::Gradle, &as_on_windows(KOTLIN)),
            KOTLIN_PACKAGES
        );
    }

    #[test]
    fn broken_files_say_where() {
        let cases = [
            ("// ä\ndependencies {\n", 19),
            ("a { }\n}", 6),
            ("a = 'b\n", 4),
            ("/* dependencies", 0),
            ("a = \"\"\"b", 4),
        ];
        for (text, offset) in cases {
            let broken = packages(Format::Gradle, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
