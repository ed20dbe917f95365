package git_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/git"
	"selfrag/retrieval/source/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// repository is a repository with a working tree, served over HTTP by git itself.
type repository struct {
	tree, cache string
	server      *httptest.Server
	token       atomic.Value // the token that the server wants, a string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	r := &repository{tree: t.TempDir(), cache: filepath.Join(t.TempDir(), "cache")}
	r.run(t, "init", "--quiet", "--initial-branch=main", "--template=")
	r.run(t, "commit", "--quiet", "--allow-empty", "-m", "begin")
	programs := strings.TrimSpace(r.run(t, "--exec-path"))
	backend := &cgi.Handler{
		Path: filepath.Join(programs, "git-http-backend"), Root: "/docs.git", Dir: r.tree,
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Join(r.tree, ".git"), "GIT_HTTP_EXPORT_ALL=1", "PATH=" + os.Getenv("PATH")},
	}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		token, _ := r.token.Load().(string)
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte("oauth2:"+token))
		if token != "" && q.Header.Get("Authorization") != want {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, q)
	}))
	t.Cleanup(r.server.Close)
	return r
}

func (r *repository) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", r.tree, "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v: %s", args, err, out)
	}
	return string(out)
}

func (r *repository) config() git.Config {
	u, _ := url.Parse(r.server.URL)
	return git.Config{URL: r.server.URL + "/docs.git", Dir: r.cache, AllowURLs: []string{u.Host}, Private: true, Reads: ingest.Config{}.Reads}
}

func (r *repository) open(t *testing.T, cfg git.Config) source.Source {
	t.Helper()
	s, err := git.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (r *repository) Source(t *testing.T) source.Source { return r.open(t, r.config()) }

func (r *repository) Put(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(r.tree, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.commit(t)
}

func (r *repository) commit(t *testing.T) {
	t.Helper()
	r.run(t, "add", "--all")
	r.run(t, "commit", "--quiet", "-m", "change")
}

func (r *repository) Remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(filepath.Join(r.tree, filepath.FromSlash(path))); err != nil {
		t.Fatal(err)
	}
	r.commit(t)
}

func (r *repository) Name(path string) string { return r.server.URL + "/docs.git/" + path }
func (r *repository) Also() []string          { return nil }

func TestGit(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Place { return newRepository(t) })
}

// documents returns the paths of the files of a source.
func documents(t *testing.T, r *repository, s source.Source) []string {
	t.Helper()
	var all []string
	_, err := s.Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
		all = append(all, f.Name[strings.Index(f.Name, ".git/")+5:])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func TestWhichFiles(t *testing.T) {
	r := newRepository(t)
	for path, text := range map[string]string{
		"docs/a.md": "a", "docs/old/b.md": "b", "docs/old/keep.md": "k", "docs-2/c.md": "c", "code.xyz": "x", ".github/d.md": "d",
		".selfragignore": "docs-2/\n", "docs/.selfragignore": "old/*\n!old/keep.md\n",
	} {
		path = filepath.Join(r.tree, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(r.tree, "link.md")); err != nil {
		t.Fatal(err)
	}
	r.commit(t)
	if got := documents(t, r, r.Source(t)); !slices.Equal(got, []string{"docs/a.md", "docs/old/keep.md"}) {
		t.Errorf("got %q", got)
	}
	cfg := r.config()
	cfg.Path = "/docs/old/"
	if got := documents(t, r, r.open(t, cfg)); !slices.Equal(got, []string{"docs/old/keep.md"}) {
		t.Errorf("below docs/old: got %q", got)
	}
	// From a folder of this machine, another branch.
	r.run(t, "checkout", "--quiet", "-b", "next")
	r.Put(t, "docs/next.md", "n")
	cfg = r.config()
	cfg.URL, cfg.Branch, cfg.AllowURLs, cfg.Private = "file://"+filepath.Join(r.tree, ".git"), "next", nil, false
	if got := documents(t, r, r.open(t, cfg)); !slices.Equal(got, []string{"docs/a.md", "docs/next.md", "docs/old/keep.md"}) {
		t.Errorf("branch next: got %q", got)
	}
}

func TestToken(t *testing.T) {
	r := newRepository(t)
	r.Put(t, "a.md", "a")
	const token = "s3cret-token"
	r.token.Store(token)
	cfg := r.config()
	for _, wrong := range []string{"", "wrong-token"} {
		cfg.Token = wrong
		_, err := r.open(t, cfg).Scan(t.Context(), func(string) string { return "" }, nil)
		if err == nil || strings.Contains(err.Error(), "wrong-token") {
			t.Errorf("with the token %q: got %v", wrong, err)
		}
	}
	cfg.Token = token
	if got := documents(t, r, r.open(t, cfg)); !slices.Equal(got, []string{"a.md"}) {
		t.Errorf("got %q", got)
	}
	err := filepath.WalkDir(r.cache, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if content, err := os.ReadFile(path); err != nil || strings.Contains(string(content), token) {
			t.Errorf("the token is kept in %s (%v)", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatMayBeFetched(t *testing.T) {
	r := newRepository(t)
	for name, tc := range map[string]struct {
		change func(*git.Config)
		err    string
	}{
		"no host":           {func(c *git.Config) { c.AllowURLs = nil }, "not on the list of allowed hosts"},
		"a password":        {func(c *git.Config) { c.URL = "https://u:s3cret@example.org/a.git" }, "must not have a user or a password"},
		"a command":         {func(c *git.Config) { c.URL = "ext::sh -c true" }, "not the URL of a repository"},
		"ssh":               {func(c *git.Config) { c.URL = "ssh://git@example.org/a.git" }, "must not have a user"},
		"another":           {func(c *git.Config) { c.URL = "ssh://example.org/a.git" }, "use https, http or file"},
		"an option":         {func(c *git.Config) { c.Branch = "--upload-pack=x" }, "not the name of a branch"},
		"private":           {func(c *git.Config) { c.Private = false }, "is not a public address"},
		"a token over http": {func(c *git.Config) { c.Private, c.Token = false, "s3cret" }, "a token is not sent over http"},
		"not there":         {func(c *git.Config) { c.URL += "x" }, "fetch http"},
		"no branch":         {func(c *git.Config) { c.Branch = "none" }, "couldn't find remote ref"},
		"not a place":       {func(c *git.Config) { c.URL = "docs" }, "not the URL of a repository"},
	} {
		cfg := r.config()
		tc.change(&cfg)
		s, err := git.New(cfg)
		if err == nil {
			_, err = s.Scan(t.Context(), func(string) string { return "" }, nil)
		}
		if err == nil || !strings.Contains(err.Error(), tc.err) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want %q", name, err, tc.err)
		}
	}
}

func TestWithoutGit(t *testing.T) {
	r := newRepository(t)
	s := r.Source(t)
	t.Setenv("PATH", t.TempDir())
	if _, err := s.Scan(t.Context(), func(string) string { return "" }, nil); err == nil || !strings.Contains(fmt.Sprint(err), "git is not installed") {
		t.Errorf("got %v", err)
	}
}

// An old git would ignore the settings that keep it from other addresses, so nothing
// but its version is called.
func TestAnOldGit(t *testing.T) {
	for version, want := range map[string]string{
		"2.36.1": "too old", "1.9": "too old", "": "too old", "2.37.0": "no more", "2.39.5 (Apple Git-154)": "no more", "2.47.1.windows.2": "no more", "3.0.0": "no more",
	} {
		bin := t.TempDir()
		script := "#!/bin/sh\nif [ \"$*\" = version ]; then echo 'git version " + version + "'; else echo no more >&2; exit 1; fi\n"
		if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
		t.Setenv("PATH", bin)
		s, err := git.New(git.Config{URL: "https://example.org/a.git", Dir: t.TempDir(), AllowURLs: []string{"example.org"}, Private: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Scan(t.Context(), func(string) string { return "" }, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", version, err, want)
		}
	}
}

// A few small trees that name each other list ten billion files.
func TestNestedTrees(t *testing.T) {
	r := newRepository(t)
	r.Put(t, "a.md", "a")
	entry := "100644 blob " + strings.TrimSpace(r.run(t, "rev-parse", "HEAD:a.md"))
	for range 10 {
		var tree strings.Builder
		for i := range 10 {
			fmt.Fprintf(&tree, "%s\t%d.md\n", entry, i)
		}
		cmd := exec.CommandContext(t.Context(), "git", "-C", r.tree, "mktree")
		cmd.Stdin = strings.NewReader(tree.String())
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		entry = "040000 tree " + strings.TrimSpace(string(out))
	}
	commit := r.run(t, "commit-tree", strings.TrimPrefix(entry, "040000 tree "), "-m", "bomb")
	r.run(t, "update-ref", "refs/heads/main", strings.TrimSpace(commit))
	s, err := git.New(r.config())
	if err != nil {
		t.Fatal(err)
	}
	s.SetMaxOutput(1 << 20)
	if _, err := s.Scan(t.Context(), func(string) string { return "" }, nil); err == nil || !strings.Contains(err.Error(), "the repository lists too many files") {
		t.Errorf("got %v", err)
	}
}
