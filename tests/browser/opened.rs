//! A browser, its page, and what the console has said.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::Log::LogEntryLevel;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Page};
use headless_chrome::{Browser, LaunchOptions, Tab};

/// Chromium, where it is installed under one of its usual names.
pub(super) fn chromium() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut all = std::env::split_paths(&paths).flat_map(|folder| names.map(|name| folder.join(name)));
    let found = all.find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: no Chromium on this machine");
    }
    found
}

/// What the page says to this expression.
pub(super) fn ask(tab: &Tab, expression: &str) -> String {
    let value = tab.evaluate(&format!("String({expression})"), false).unwrap().value.unwrap();
    value.as_str().unwrap().to_owned()
}

/// Waits until the page says that an expression is true: data files arrive when they are first wanted.
pub(super) fn wait_until(tab: &Tab, expression: &str) {
    let patience = Instant::now() + Duration::from_secs(10);
    while ask(tab, expression) != "true" {
        assert!(Instant::now() < patience, "never: {expression}\n{}", ask(tab, "document.body.textContent"));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A browser, its page, and what the console has said.
pub(super) struct Opened {
    _browser: Browser,
    pub(super) tab: Arc<Tab>,
    errors: Arc<Mutex<Vec<String>>>,
}

impl Opened {
    /// Opens a browser that listens to the console. It closes when nothing is asked of it for half a minute.
    pub(super) fn new(chromium: PathBuf, folder: &Path) -> Self {
        let options = LaunchOptions {
            path: Some(chromium),
            // Chromium's sandbox does not start for root, as whom containers run.
            sandbox: false,
            user_data_dir: Some(folder.join("profile")),
            window_size: Some((1100, 1400)),
            args: ["--disable-component-update", "--disable-quic"].map(AsRef::as_ref).to_vec(),
            ..LaunchOptions::default()
        };
        let browser = Browser::new(options).unwrap();
        let tab = browser.new_tab().unwrap();
        let errors = Arc::new(Mutex::new(Vec::<String>::new()));
        let heard = Arc::clone(&errors);
        tab.enable_log().unwrap().enable_runtime().unwrap();
        let listener = Arc::new(move |event: &Event| match event {
            Event::LogEntryAdded(e)
                if matches!(e.params.entry.level, LogEntryLevel::Error | LogEntryLevel::Warning) =>
            {
                heard.lock().unwrap().push(e.params.entry.text.clone());
            }
            Event::RuntimeExceptionThrown(e) => heard.lock().unwrap().push(format!("{:?}", e.params.exception_details)),
            _ => {}
        });
        tab.add_event_listener(listener).unwrap();
        Self { _browser: browser, tab, errors }
    }

    /// Opens a view of a site: a hash such as `#/county/31005`.
    pub(super) fn view(&self, site: &Path, hash: &str) {
        self.page(site, "index.html", hash);
    }

    /// Opens a view of one of its pages.
    pub(super) fn page(&self, site: &Path, page: &str, hash: &str) {
        // Another hash alone would not load the page anew.
        self.tab.navigate_to("about:blank").unwrap();
        self.tab.navigate_to(&format!("file://{}{hash}", site.join(page).display())).unwrap();
        wait_until(&self.tab, "document.querySelectorAll('h1').length > 0");
    }

    /// A screen of this width, light or dark.
    pub(super) fn screen(&self, width: u32, height: u32, dark: bool) {
        let metrics = Page::SetDeviceMetricsOverride {
            width,
            height,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
        };
        self.tab.call_method(metrics).unwrap();
        let scheme = if dark { "dark" } else { "light" };
        let feature = Emulation::MediaFeature { name: "prefers-color-scheme".to_owned(), value: scheme.to_owned() };
        self.tab.call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![feature]) }).unwrap();
    }

    /// Lets the browser save files into a folder.
    pub(super) fn save_into(&self, folder: &Path) {
        let allowed = Page::SetDownloadBehavior {
            behavior: Page::SetDownloadBehaviorBehaviorOption::Allow,
            download_path: Some(folder.display().to_string()),
        };
        self.tab.call_method(allowed).unwrap();
    }

    /// The console has said nothing.
    pub(super) fn assert_silent(&self) {
        assert_eq!(*self.errors.lock().unwrap(), Vec::<String>::new(), "the console is silent");
    }
}
