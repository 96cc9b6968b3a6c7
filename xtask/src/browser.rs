//! What the suite in a real browser needs: Chromium with its driver, and the accessibility rules of axe-core.

use crate::{apt_get, root, run, tools};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The rules, as the registry of their makers names them.
const RULES: &str = "axe-core@4.14.1";

/// Where the rules are, having installed whatever is missing.
pub(crate) fn rules() -> Result<PathBuf> {
    let installed = ["chromium", "chromedriver"]
        .iter()
        .all(|program| tools::works(Command::new(program).arg("--version")));
    if !installed {
        run("the list of packages", &mut apt_get(&["update"]))?;
        let packages = ["chromium", "chromium-driver", "fonts-noto-cjk"];
        let install = ["install", "--yes", "--no-install-recommends"];
        run("installing Chromium", apt_get(&install).args(packages))?;
    }
    let folder = root().join("target/axe");
    let rules = folder.join("package/axe.min.js");
    if rules.exists() {
        return Ok(rules);
    }
    if !tools::works(Command::new("npm").arg("--version")) {
        let install = ["install", "--yes", "--no-install-recommends", "npm"];
        run("installing npm", &mut apt_get(&install))?;
    }
    std::fs::create_dir_all(&folder)?;
    run(
        "fetching the accessibility rules",
        Command::new("npm")
            .args(["pack", RULES, "--silent"])
            .current_dir(&folder),
    )?;
    let archive = format!("{}.tgz", RULES.replace('@', "-"));
    run(
        "unpacking the accessibility rules",
        Command::new("tar")
            .args(["-xzf", &archive, "package/axe.min.js"])
            .current_dir(&folder),
    )?;
    Ok(rules)
}

/// Takes pictures of the main pages into `docs/screenshots`.
pub(crate) fn screenshots() -> Result<()> {
    let rules = rules()?;
    run(
        "pictures of the main pages",
        crate::cargo()
            .env("NARU_TEST_AXE", rules)
            .env("NARU_SCREENSHOTS", root().join("docs/screenshots"))
            .args(["test", "--package", "naru", "--features", "browser-tests"])
            .args(["--test", "browser", "--", "screenshots"]),
    )
}
