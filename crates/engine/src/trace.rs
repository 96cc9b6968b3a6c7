//! Traces: one command followed through every process that has a part in it. Where nobody records them, all of this is nothing.

use opentelemetry::global;
use opentelemetry::trace::TraceContextExt;
use std::collections::HashMap;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header, and the only one of W3C's Trace Context (<https://www.w3.org/TR/trace-context/>) that is used.
pub const TRACEPARENT: &str = "traceparent";

/// Where the current span is, as `traceparent` writes it, for another process to go on from.
pub fn carried() -> Option<String> {
    let context = Span::current().context();
    if !context.span().span_context().is_valid() {
        return None;
    }
    let mut carrier = HashMap::new();
    global::get_text_map_propagator(|format| format.inject_context(&context, &mut carrier));
    carrier.remove(TRACEPARENT)
}

/// Lets a span that has not begun go on from where another process was; what is no `traceparent` says nothing.
pub fn go_on(span: &Span, traceparent: &str) {
    if span.is_disabled() {
        return;
    }
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    let context = global::get_text_map_propagator(|format| format.extract(&carrier));
    // It fails only where nobody records traces.
    let _ = span.set_parent(context);
}

/// Says more of a span to whoever reads traces, and not in the log.
pub fn note(span: &Span, key: &'static str, value: impl Into<opentelemetry::Value>) {
    span.set_attribute(key, value);
}
