//! `schema.graphql` at the root is the schema.

#[test]
fn schema_file_is_current() {
    let written = include_str!("../../../schema.graphql");
    assert!(
        written == naru_server::schema_sdl(),
        "schema.graphql is not what the code says; write it with `cargo xtask schema` and read the difference"
    );
}

#[test]
fn every_type_and_field_is_described() {
    let sdl = naru_server::schema_sdl();
    let mut described = false;
    let mut in_text = false;
    for line in sdl.lines().take_while(|line| !line.starts_with("schema {")) {
        let trimmed = line.trim();
        if trimmed.starts_with("\"\"\"") {
            in_text = !in_text || (trimmed.len() > 3 && trimmed.ends_with("\"\"\""));
            described = true;
            continue;
        }
        if in_text || trimmed.is_empty() || trimmed == "}" {
            continue;
        }
        let declares = line
            .strip_prefix('\t')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
            || [
                "type ",
                "input ",
                "enum ",
                "union ",
                "interface ",
                "scalar ",
            ]
            .iter()
            .any(|word| line.starts_with(word));
        // The library writes the types of connections.
        let by_the_library = line.contains("Connection {") || line.contains("Edge {");
        assert!(
            !declares || by_the_library || described || trimmed.starts_with("scalar"),
            "nothing is said of `{trimmed}`"
        );
        described = false;
    }
}
