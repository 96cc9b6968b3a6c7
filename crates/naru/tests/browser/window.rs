//! A window of a real browser.

use super::demo::{Demo, line_with};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How somebody looks at the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four things that vary freely, and nothing else is asked of them"
)]
pub(crate) struct Look {
    pub(crate) korean: bool,
    pub(crate) phone: bool,
    pub(crate) dark: bool,
    pub(crate) script: bool,
}

impl Look {
    pub(crate) const LAPTOP: Self = Self {
        korean: true,
        phone: false,
        dark: false,
        script: true,
    };

    fn capabilities(self) -> serde_json::Map<String, Value> {
        let language = if self.korean { "ko-KR" } else { "en-US" };
        let mut options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
                "--window-size=1280,900", format!("--lang={language}"), format!("--accept-lang={language}")],
            "prefs": { "intl.accept_languages": language },
        });
        if !self.script {
            options["prefs"]["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        if self.phone {
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "mobile": true, "touch": true } });
        }
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        wanted.as_object().unwrap().clone()
    }

    /// What tells two looks apart in a file's name.
    pub(crate) fn name(self) -> String {
        let language = if self.korean { "ko" } else { "en" };
        let place = if self.phone { "phone" } else { "laptop" };
        let light = if self.dark { "dark" } else { "light" };
        format!("{language}-{place}-{light}")
    }
}

/// The program that drives Chromium.
struct Driver {
    url: String,
    _child: Child,
}

impl Driver {
    /// Starts one on a free port. Between its finding the port and its taking it, somebody else may; then it ends, and another is started.
    async fn start() -> Self {
        for _ in 0..10 {
            if let Some(driver) = Self::try_start().await {
                return driver;
            }
        }
        panic!("chromedriver does not come up");
    }

    async fn try_start() -> Option<Self> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|problem| {
                panic!("chromedriver is not there ({problem}); `cargo xtask test` installs it")
            });
        let line = line_with(&mut child, "started successfully on port").await?;
        let port: String = line.chars().filter(char::is_ascii_digit).collect();
        Some(Self {
            url: format!("http://127.0.0.1:{port}"),
            _child: child,
        })
    }
}

/// A window, and the demo that it looks at.
pub(crate) struct Window {
    pub(crate) client: Client,
    base: String,
    pub(crate) look: Look,
    driver: Driver,
}

impl Window {
    pub(crate) async fn open(demo: &Demo, look: Look) -> Self {
        let driver = Driver::start().await;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(look.capabilities())
            .connect(&driver.url)
            .await
            .unwrap();
        Self {
            client,
            base: demo.url.clone(),
            look,
            driver,
        }
    }

    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }

    /// Goes to a page of the demo.
    pub(crate) async fn go(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.base))
            .await
            .unwrap();
    }

    /// The path of the page that is shown.
    pub(crate) async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Signs in as one of the example people, with one click; whoever was there is gone.
    pub(crate) async fn sign_in(&self, ko: &str, en: &str) {
        self.client.delete_all_cookies().await.unwrap();
        self.go("/sign-in").await;
        if self.look.dark {
            self.click("button[name=theme][value=dark]").await;
        }
        let name = if self.look.korean { ko } else { en };
        let button = format!("//button[@name='account'][.//b[normalize-space()='{name}']]");
        self.press(Locator::XPath(&button)).await;
        self.wait_for_path("/inbox").await;
        let other = if self.look.korean { "ko" } else { "en" };
        let switch = format!(
            ".bar button[name=language][value={other}], .foot button[name=language][value={other}]"
        );
        if self.has(&switch).await {
            self.click(&switch).await;
            self.find(&format!("html[lang={other}]")).await;
        }
    }

    /// The element, once it is there.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css));
        match found.await {
            Ok(element) => element,
            Err(problem) => panic!("no {css} at {}: {problem}", self.path().await),
        }
    }

    /// Whether there is such an element now.
    pub(crate) async fn has(&self, css: &str) -> bool {
        !self
            .client
            .find_all(Locator::Css(css))
            .await
            .unwrap()
            .is_empty()
    }

    /// Clicks it as a person would, having scrolled there.
    pub(crate) async fn click(&self, css: &str) {
        self.press(Locator::Css(css)).await;
    }

    /// Clicks what this `XPath` leads to.
    pub(crate) async fn click_at(&self, xpath: &str) {
        self.press(Locator::XPath(xpath)).await;
    }

    /// Clicks the first of these that can be seen, as soon as there is one; a page on its way out is waited for.
    async fn press(&self, place: Locator<'_>) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let problem = match self.try_to_press(place).await {
                Ok(true) => return,
                Ok(false) => "nothing to press".to_owned(),
                Err(problem) => problem.to_string(),
            };
            assert!(
                tokio::time::Instant::now() < deadline,
                "{place:?} at {}: {problem}\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn try_to_press(&self, place: Locator<'_>) -> Result<bool, CmdError> {
        for element in self.client.find_all(place).await? {
            if element.is_displayed().await? {
                element.click().await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes into a field, in place of what is there.
    pub(crate) async fn write(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses an option of a list by its value.
    pub(crate) async fn choose(&self, css: &str, value: &str) {
        self.find(css).await.select_by_value(value).await.unwrap();
    }

    /// Chooses the option of a list that these words begin.
    pub(crate) async fn choose_beginning(&self, css: &str, words: &str) {
        let option = format!("{css} option");
        for option in self.client.find_all(Locator::Css(&option)).await.unwrap() {
            if option.text().await.unwrap().trim().starts_with(words) {
                return option.click().await.unwrap();
            }
        }
        panic!("{css} offers nothing that begins with {words}");
    }

    /// Answers a question by a list, buttons or text, whichever the form has for it.
    pub(crate) async fn answer(&self, name: &str, value: &str) {
        let choice = format!("input[name='{name}'][value='{value}']");
        let list = format!("select[name='{name}']");
        if self.has(&choice).await {
            self.click(&choice).await;
        } else if self.has(&list).await {
            self.choose(&list, value).await;
        } else {
            self.write(&format!("[name='{name}']"), value).await;
        }
    }

    /// Everything written on the page.
    pub(crate) async fn text(&self) -> String {
        loop {
            match self.find("body").await.text().await {
                Err(problem) if problem.is_stale_element_reference() => {}
                text => return text.unwrap(),
            }
        }
    }

    /// Waits until a page whose path begins like this is shown.
    pub(crate) async fn wait_for_path(&self, start: &str) {
        self.wait_until(start, async || self.path().await.starts_with(start))
            .await;
    }

    /// Waits until a page with another path is shown.
    pub(crate) async fn wait_until_gone_from(&self, path: &str) {
        self.wait_until("another page", async || self.path().await != path)
            .await;
    }

    /// Waits until these words stand somewhere on the page.
    pub(crate) async fn wait_for_text(&self, words: &str) {
        self.wait_until(words, async || self.text().await.contains(words))
            .await;
    }

    async fn wait_until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is_so().await {
            assert!(
                tokio::time::Instant::now() < deadline,
                "waited for {what}, but at {}:\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Gives the browser a device that keeps passkeys and whose owner always confirms.
    pub(crate) async fn hold_passkeys(&self) {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserConsenting": true, "isUserVerified": true,
        });
        self.tell_driver("webauthn/authenticator", &device).await;
    }

    /// Strikes a key, wherever the focus is.
    pub(crate) async fn strike(&self, key: char) {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Shows pages as they are printed, from now on.
    pub(crate) async fn as_printed(&self) {
        let medium = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "media": "print" } });
        self.tell_driver("goog/cdp/execute", &medium).await;
    }

    /// Something that only Chromium's own driver knows.
    async fn tell_driver(&self, what: &str, how: &Value) {
        let session = self.client.session_id().await.unwrap().unwrap();
        let place = format!("{}/session/{session}/{what}", self.driver.url);
        let asked = reqwest::Client::new().post(place).json(how).send();
        let answer = asked.await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    /// What a script says about the page.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }
}
