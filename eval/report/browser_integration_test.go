//go:build integration

package report

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var shots = flag.String("shots", "", "folder to keep the screenshots in")

// browser returns the path of Chromium. Without Chromium the test fails where
// it is required, and is skipped otherwise.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no Chromium on PATH: scripts/page-tests installs it")
	}
	t.Skip("no Chromium on PATH: scripts/page-tests installs it")
	return ""
}

// TestRealPage renders the page in three widths, light and dark. It checks that
// there is no error in the console and no request, that the filters work, and
// that nothing overflows sideways.
func TestRealPage(t *testing.T) {
	chromium := browser(t)
	dir := t.TempDir()
	page := filepath.Join(dir, "report.html")
	html := written(t, example(40), ".html")
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: page}).String()
	for _, width := range []int{400, 900, 1400} {
		for _, scheme := range []string{"light", "dark"} {
			name := fmt.Sprintf("report-%d-%s.png", width, scheme)
			shot := filepath.Join(dir, name)
			if *shots != "" {
				shot = filepath.Join(*shots, name)
			}
			netLog := filepath.Join(dir, name+".json")
			args := []string{fmt.Sprintf("--window-size=%d,3600", width), "--screenshot=" + shot, "--log-net-log=" + netLog}
			if scheme == "dark" {
				args = append(args, "--blink-settings=preferredColorScheme=0")
			} else {
				args = append(args, "--blink-settings=preferredColorScheme=1")
			}
			_, console := render(t, chromium, append(args, address)...)
			if strings.Contains(console, "CONSOLE") {
				t.Errorf("%s: the console says %s", name, console)
			}
			if info, err := os.Stat(shot); err != nil || info.Size() < 10_000 {
				t.Errorf("%s: %v", name, err)
			}
			holdRequests(t, netLog)
		}
	}
	// The probe runs in the page and writes the result into it.
	probe := `<script>
		const rows = [...document.querySelectorAll(".question")], shown = () => rows.filter((e) => !e.hidden).length;
		const form = document.getElementById("filter");
		const set = (name, value) => { form.elements[name].value = value; form.dispatchEvent(new Event("input")); const n = shown(); form.elements[name].value = ""; form.dispatchEvent(new Event("input")); return n; };
		document.body.dataset.probe = JSON.stringify({ all: shown(), won: set("result", "won"), lost: set("result", "lost"), tied: set("result", "tied"),
			ko: set("lang", "ko"), two: set("hops", "2"), b: set("abstained", "b"), none: set("abstained", "none"), text: set("text", "number 33"), wide: document.documentElement.scrollWidth - innerWidth });
	</script></body>`
	html = strings.Replace(html, "script-src 'sha256-", "script-src 'unsafe-inline' 'x-", 1)
	html = strings.Replace(html, "script-src &#39;sha256-", "script-src 'unsafe-inline' 'x-", 1)
	if err := os.WriteFile(page, []byte(strings.Replace(html, "</body>", probe, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	dom, console := render(t, chromium, "--window-size=500,900", "--dump-dom", address)
	_, rest, ok := strings.Cut(dom, `data-probe="`)
	if !ok {
		t.Fatalf("the probe did not run: %s", console)
	}
	value, _, _ := strings.Cut(rest, `"`)
	var got struct{ All, Won, Lost, Tied, Ko, Two, B, None, Text, Wide int }
	if err := json.Unmarshal([]byte(strings.ReplaceAll(value, "&quot;", `"`)), &got); err != nil {
		t.Fatalf("%v: %s", err, value)
	}
	if got.All != 40 || got.Won+got.Lost+got.Tied != 40 || got.Won == 0 || got.Tied == 0 || got.Ko != 13 || got.Two != 10 || got.B == 0 || got.None == 0 || got.None == 40 || got.Text != 1 || got.Wide > 0 {
		t.Errorf("the filters show %+v", got)
	}
}

// render runs the browser without a window and returns its output and its log.
func render(t *testing.T, chromium string, args ...string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", "--disable-background-networking",
		"--disable-component-update", "--no-first-run", "--user-data-dir=" + t.TempDir(),
	}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	return out.String(), errs.String()
}

// holdRequests reads the browser's network log. All requests but those for
// files are the browser's own.
func holdRequests(t *testing.T, netLog string) {
	t.Helper()
	b, err := os.ReadFile(netLog)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(`"constants"`)) {
		t.Fatalf("%s is no log of a network", netLog)
	}
	for _, m := range requested.FindAllSubmatch(b, -1) {
		if host := string(m[1]); !browsersOwn.MatchString(host) {
			t.Errorf("a request goes to %s", host)
		}
	}
}

var (
	requested   = regexp.MustCompile(`"url":"(?:https?|wss?)://([^/":]+)`)
	browsersOwn = regexp.MustCompile(`(^|\.)(google\.com|googleapis\.com|gstatic\.com|gvt1\.com)$`)
)
