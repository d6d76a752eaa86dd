//! The prompt registry.

use crate::tool::Entry;

pub mod delete_prompt_alias;
pub mod delete_prompt_tag;
pub mod diff_prompts;
pub(crate) mod find;
pub mod load_prompt;
pub mod register_prompt;
pub mod render_prompt;
pub mod search_prompt_versions;
pub mod search_prompts;
pub mod set_prompt_alias;
pub mod set_prompt_tag;
mod shown;
pub(crate) mod template;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<search_prompts::SearchPrompts>(),
    Entry::of::<load_prompt::LoadPrompt>(),
    Entry::of::<search_prompt_versions::SearchPromptVersions>(),
    Entry::of::<render_prompt::RenderPrompt>(),
    Entry::of::<diff_prompts::DiffPrompts>(),
    Entry::of::<register_prompt::RegisterPrompt>(),
    Entry::of::<set_prompt_alias::SetPromptAlias>(),
    Entry::of::<delete_prompt_alias::DeletePromptAlias>(),
    Entry::of::<set_prompt_tag::SetPromptTag>(),
    Entry::of::<delete_prompt_tag::DeletePromptTag>(),
];
