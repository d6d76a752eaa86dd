//! Entries of the cache are whole, made once, and made again when they are broken.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use support::Machine;
use xtask::cache::{Key, STAMP};
use xtask::{Error, Result};

fn key() -> Key {
    Key::of([b"what it is made from".as_slice()])
}

/// An entry is one file; it is sound when the file says so.
fn sound(entry: &Path) -> Result<()> {
    match fs::read_to_string(entry.join("file")) {
        Ok(text) if text == "sound" => Ok(()),
        _ => Err(Error::new("the file is wrong")),
    }
}

fn ensure(machine: &Machine, builds: &AtomicU32) -> std::path::PathBuf {
    let build = |directory: &Path| {
        builds.fetch_add(1, Ordering::Relaxed);
        fs::write(directory.join("file"), "sound").unwrap();
        Ok(())
    };
    machine.cache().entry("thing", &key(), sound, build).unwrap()
}

#[test]
fn an_entry_is_made_once_and_stamped() {
    let (machine, builds) = (Machine::new(), AtomicU32::new(0));
    let place = ensure(&machine, &builds);
    assert_eq!(place, ensure(&machine, &builds));
    assert_eq!(builds.load(Ordering::Relaxed), 1);
    assert!(place.join(STAMP).exists() && place.starts_with(machine.path("cache")));
}

#[test]
fn an_entry_without_its_stamp_is_made_again_from_nothing() {
    let (machine, builds) = (Machine::new(), AtomicU32::new(0));
    let place = ensure(&machine, &builds);
    fs::remove_file(place.join(STAMP)).unwrap();
    fs::write(place.join("left over"), "").unwrap();
    ensure(&machine, &builds);
    assert_eq!(builds.load(Ordering::Relaxed), 2);
    assert!(!place.join("left over").exists());
}

#[test]
fn an_entry_that_no_longer_works_is_made_again() {
    let (machine, builds) = (Machine::new(), AtomicU32::new(0));
    let place = ensure(&machine, &builds);
    fs::write(place.join("file"), "broken").unwrap();
    ensure(&machine, &builds);
    assert_eq!(builds.load(Ordering::Relaxed), 2);
    assert_eq!(fs::read_to_string(place.join("file")).unwrap(), "sound");
}

#[test]
fn a_build_that_fails_leaves_no_entry_and_nothing_for_the_next_one() {
    let (machine, builds) = (Machine::new(), AtomicU32::new(0));
    let failing = |directory: &Path| {
        fs::write(directory.join("half"), "").unwrap();
        Err(Error::new("no network"))
    };
    let error = machine.cache().entry("thing", &key(), sound, failing).unwrap_err();
    assert_eq!(error.to_string(), "no network");
    assert!(!machine.cache().place("thing", &key()).exists());
    let place = ensure(&machine, &builds);
    assert!(!place.join("half").exists());
}

#[test]
fn of_two_at_the_same_time_one_builds() {
    let (machine, builds) = (Machine::new(), AtomicU32::new(0));
    let together = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                together.wait();
                ensure(&machine, &builds)
            });
        }
    });
    assert_eq!(builds.load(Ordering::Relaxed), 1);
}

#[test]
fn a_lock_is_free_again_when_its_holder_is_gone() {
    let machine = Machine::new();
    let held = machine.cache().lock_now("thing", &key()).unwrap();
    assert!(held.is_some());
    assert!(machine.cache().lock_now("thing", &key()).unwrap().is_none());
    drop(held);
    assert!(machine.cache().lock_now("thing", &key()).unwrap().is_some());
}
