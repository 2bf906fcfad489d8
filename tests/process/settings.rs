//! Settings: shown without secrets, and refused by name.

use std::path::Path;

use clap::Parser;
use clap::error::ErrorKind;
use kith::cli::Cli;

use crate::program::Folder;

#[test]
fn the_settings_in_force_are_printed_without_secrets() {
    let folder = Folder::new();
    let mut command = folder.kith(&["config"]);
    command.env("DATABASE_URL", "postgresql://boot:hunter2@db/kith").env("KITH_TIMEZONE", "Europe/Lisbon");
    command.env("KITH_DATABASE_APP_URL", "postgresql://kith_app:hunter2@db/kith");
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(!output.contains("hunter2"), "{output}");
    assert!(output.contains("DATABASE_URL=(hidden)") && output.contains("KITH_TIMEZONE=Europe/Lisbon"), "{output}");
    let help = String::from_utf8({
        let mut command = folder.kith(&["--help"]);
        command.env("DATABASE_URL", "postgresql://boot:hunter2@db/kith").output().unwrap().stdout
    })
    .unwrap();
    assert!(!help.contains("hunter2"), "{help}");
}

#[test]
fn a_wrong_value_stops_the_start_and_names_the_variable() {
    let folder = Folder::new();
    let wrong = [
        ("KITH_LISTEN", "everywhere", 2),
        ("KITH_URL", "kith.example", 2),
        ("KITH_URL", "ftp://kith.example", 1),
        ("KITH_URL", "https://example.com/kith", 1),
        ("KITH_TRUSTED_PROXIES", "10.0.0.0/99", 2),
        ("KITH_SIGN_UP", "maybe", 2),
        ("KITH_TIMEZONE", "Mars/One", 2),
        ("KITH_POOL_SIZE", "0", 2),
        ("KITH_SESSION_DAYS", "1000", 2),
        ("KITH_ROLE_PREFIX", "x; drop", 2),
        ("KITH_LOG_FORMAT", "xml", 2),
        ("KITH_LOG", "kith=loud", 1),
        ("KITH_POSTGRES_BIN", "/nowhere", 1),
        ("DATABASE_URL_FILE", "/nowhere", 1),
        ("DATABASE_URL", "host=db user=boot password=hunter2", 1),
    ];
    for (variable, value, code) in wrong {
        let mut command = folder.kith(&[]);
        command.env(variable, value);
        let complaint = crate::program::complaint(command, code);
        assert!(complaint.contains(variable), "{variable}={value}: {complaint}");
        assert!(!complaint.contains("hunter2"), "{complaint}");
    }
}

#[test]
fn listening_for_everybody_needs_to_know_the_address_that_browsers_use() {
    let folder = Folder::new();
    let complaint = folder.refused(1, &["--listen", "0.0.0.0:0"]);
    assert!(complaint.contains("KITH_URL is required"), "{complaint}");
}

#[test]
fn wrong_use_exits_with_2_and_help_with_0() {
    let folder = Folder::new();
    folder.refused(2, &["dance"]);
    folder.refused(2, &["user", "add"]);
    let help = folder.done(&["--help"]);
    for command in ["serve", "user", "db", "doctor", "config"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(command)), "{command}: {help}");
    }
    assert!(folder.done(&["--version"]).starts_with("kith "));
}

fn example() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example")).unwrap()
}

#[test]
fn the_example_of_an_env_file_names_every_setting_and_changes_none() {
    let folder = Folder::new();
    let settings: Vec<(String, String)> = example()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap())
        .collect();
    let plain = |changed: &[(String, String)]| {
        let mut command = folder.kith(&["config"]);
        command.env_remove("KITH_LISTEN").env_remove("KITH_POSTGRES_BIN").envs(changed.iter().cloned());
        command.env("KITH_DATA_DIR", folder.path());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let shown = plain(&[]);
    assert_eq!(plain(&settings), shown, "the example holds the defaults");
    let names: Vec<&str> = shown.lines().map(|line| line.split_once('=').unwrap().0).collect();
    let in_example: Vec<&str> = settings.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(in_example, names);
}

#[test]
fn every_command_that_the_documents_tell_is_understood() {
    let documents = [include_str!("../../README.md"), include_str!("../../docs/OPERATIONS.md")];
    let told = documents.iter().flat_map(|text| text.split('`').skip(1).step_by(2));
    let commands: Vec<&str> = told.filter(|code| code.starts_with("kith ")).collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        // Of `vcard|csv` the first one.
        let words = command.split_whitespace().map(|word| word.split('|').next().unwrap_or_default());
        let Err(error) = Cli::try_parse_from(words) else { continue };
        // One that is only named leaves out whose account it is about.
        let is_named = match error.kind() {
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => true,
            ErrorKind::MissingRequiredArgument => !command.contains("--user"),
            _ => false,
        };
        assert!(is_named, "{command}: {error}");
    }
}
