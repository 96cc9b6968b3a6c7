//! A page opened from a letter, read as a browser without JavaScript reads it.

use reqwest::Client;
use std::collections::BTreeMap;

/// A page with a form.
pub(crate) struct Page {
    client: Client,
    url: String,
    html: String,
}

impl Page {
    /// Opens a link; opening decides nothing.
    pub(crate) async fn open(client: Client, url: String) -> Self {
        let answer = client.get(&url).send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "{} for {url}",
            answer.status()
        );
        let html = answer.text().await.unwrap();
        Self { client, url, html }
    }

    /// Accepts an invitation to take part, knowing of no conflict of interest.
    pub(crate) async fn accept_matching(self) {
        let mut fields = self.hidden();
        fields.insert("conflict".to_owned(), "none".to_owned());
        fields.insert("act".to_owned(), "accept".to_owned());
        self.post(fields).await;
    }

    /// Answers every question with the first choice offered, and agrees to what the page asks.
    pub(crate) async fn answer_feedback(self) {
        let mut fields = self.hidden();
        for tag in self.tags("<input") {
            let (Some(name), kind) = (
                attribute(tag, "name"),
                attribute(tag, "type").unwrap_or_default(),
            ) else {
                continue;
            };
            if kind == "radio" || kind == "checkbox" {
                fields
                    .entry(name)
                    .or_insert_with(|| attribute(tag, "value").unwrap_or_else(|| "on".to_owned()));
            }
        }
        for tag in self.tags("<textarea") {
            if let Some(name) = attribute(tag, "name") {
                fields
                    .entry(name)
                    .or_insert_with(|| "사용하기 편했습니다.".to_owned());
            }
        }
        for tag in self.html.split("<select").skip(1) {
            let choice = tag
                .split("<option")
                .skip(1)
                .filter_map(|option| attribute(option.split('>').next()?, "value"));
            if let (Some(name), Some(value)) = (
                attribute(tag.split('>').next().unwrap_or(""), "name"),
                choice.into_iter().find(|value| !value.is_empty()),
            ) {
                fields.insert(name, value);
            }
        }
        fields.remove("reason");
        fields.insert("act".to_owned(), "send".to_owned());
        self.post(fields).await;
    }

    fn hidden(&self) -> BTreeMap<String, String> {
        let hidden = self
            .tags("<input")
            .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"));
        hidden
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
            .collect()
    }

    fn tags<'a>(&'a self, opening: &'a str) -> impl Iterator<Item = &'a str> {
        self.html
            .split(opening)
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
    }

    async fn post(&self, fields: BTreeMap<String, String>) {
        let answer = self
            .client
            .post(&self.url)
            .form(&fields)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let html = answer.text().await.unwrap();
        assert!(status.is_success(), "{status} after {fields:?}: {html}");
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    rest.split('"').next().map(str::to_owned)
}
