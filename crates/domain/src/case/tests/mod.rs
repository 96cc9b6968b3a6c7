//! The rules of a case, one test a rule.

mod approvals;
mod children;
mod clock;
mod commands;
mod forms;
mod letters;
mod life;
mod matching;
mod money;
mod opening;
mod scene;
mod send_back;
mod small_pathway;
mod stored;
mod strangers;
