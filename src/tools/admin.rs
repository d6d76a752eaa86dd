//! What administrators set up: webhooks.

use crate::tool::Entry;

pub mod create_webhook;
pub mod delete_webhook;
mod event;
mod find;
pub mod get_webhook;
pub mod list_webhooks;
mod record;
mod secret;
pub mod test_webhook;
pub mod update_webhook;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<list_webhooks::ListWebhooks>(),
    Entry::of::<get_webhook::GetWebhook>(),
    Entry::of::<create_webhook::CreateWebhook>(),
    Entry::of::<update_webhook::UpdateWebhook>(),
    Entry::of::<delete_webhook::DeleteWebhook>(),
    Entry::of::<test_webhook::TestWebhook>(),
];
