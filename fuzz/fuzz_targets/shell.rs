//! Reads any text as a script of each shell: no panic, no hang, and every command and word lies in the text.
#![no_main]

use cargo_governed::facts::shell::cargo_call;
use cargo_governed::facts::shell::lexer::Shell;
use cargo_governed::facts::shell::script;
use cargo_governed_fuzz::in_text;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for shell in [Shell::Posix, Shell::PowerShell, Shell::Cmd, Shell::Other] {
        for command in script::commands(text, shell) {
            in_text(text, command.span);
            command.words.iter().for_each(|word| in_text(text, word.span));
            cargo_call::read(&command);
        }
    }
});
