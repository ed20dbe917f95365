// Package git is the source of the files of a branch of a git repository, over https,
// http, or from a folder of this machine (file).
//
// It runs the program git, which must be installed, and does not use the library
// go-git. Git reliably fetches only the new objects of a shallow branch, needs no
// further modules in this program, and gets its security fixes with the operating
// system. On a machine without git, this kind of source fails with an error that says
// so.
//
// Git runs without the configuration of the user and the system, without hooks,
// credential helpers and prompts. Of the environment it gets PATH alone. It follows
// no redirect, and connects only to an address that was checked to be public. Files
// are read from the objects of the repository and never checked out, so no path or
// link of the repository appears on the disk.
package git

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"selfrag/fault"
	"selfrag/internal/outbound"
	"selfrag/retrieval/source"
)

// Config says which files a Source holds.
type Config struct {
	URL    string // of the repository, without user and password
	Branch string // default: the branch that the repository names
	Path   string // folder in the repository; default: all of it
	Dir    string // folder that keeps what was fetched; it is made if there is none
	// Token is the token or the password; empty for a public repository. It is sent
	// over https, and over http only if Private is set.
	Token     string
	AllowURLs []string // hosts that may be fetched from
	Private   bool     // whether to fetch from addresses in the local network, too
	MaxBytes  int64    // maximum size of a file in bytes; 0 means no limit
	// Reads reports whether a file of this name can be read. It is usually
	// ingest.Config.Reads.
	Reads func(name string) bool
}

// Source is the source of the files of a branch.
type Source struct {
	cfg    Config
	at     *url.URL
	prefix string // of the names of documents
	most   int    // bytes that one call of git may write
}

// fetchTime is the maximum time for one fetch. Not measured.
const fetchTime = 10 * time.Minute

// head is the reference under which the branch is kept.
const head = "refs/selfrag/head"

// New returns a source. The error says what is wrong with the configuration.
func New(cfg Config) (*Source, error) {
	u, err := url.Parse(cfg.URL)
	switch {
	case err != nil || u.Scheme != "file" && u.Hostname() == "":
		return nil, errors.New("not the URL of a repository: write https://HOST/PATH or file:///PATH")
	case u.User != nil:
		return nil, errors.New("the URL of a repository must not have a user or a password in it: name a variable of the environment with the token")
	case u.Scheme == "file":
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%s is not fetched: use https, http or file", u.Scheme)
	default:
		if err := outbound.CheckHost(u, cfg.AllowURLs); err != nil {
			return nil, err
		}
	}
	if u.Scheme == "http" && cfg.Token != "" && !cfg.Private {
		return nil, errors.New("a token is not sent over http, where others can read it: use https, or private: true for a server in the local network")
	}
	if strings.HasPrefix(cfg.Branch, "-") || strings.ContainsAny(cfg.Branch, " :^~*?[\\") {
		return nil, fmt.Errorf("%q is not the name of a branch", cfg.Branch)
	}
	cfg.Path = strings.Trim(filepath.ToSlash(filepath.Clean("/"+cfg.Path)), "/")
	prefix := strings.TrimSuffix(cfg.URL, "/") + "/"
	return &Source{cfg, u, prefix, maxOutput}, nil
}

// Scan implements source.Source. The name of a file is the URL of the repository, a
// slash and the path of the file. Its version is the hash of its content. Its time is
// the time of the last commit of the branch.
func (s *Source) Scan(ctx context.Context, known source.Known, visit func(source.File) error) (source.Extent, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return source.Extent{}, fault.Unreachablef("git is not installed: install it, or take the source out")
	}
	if err := s.checkVersion(ctx); err != nil {
		return source.Extent{}, err
	}
	if err := s.fetch(ctx); err != nil {
		return source.Extent{}, err
	}
	t := &tree{source: s}
	if err := t.list(ctx); err != nil {
		return source.Extent{}, err
	}
	if err := t.visit(ctx, known, visit); err != nil {
		return source.Extent{}, err
	}
	covered := s.prefix
	if s.cfg.Path != "" {
		covered += s.cfg.Path + "/"
	}
	return source.Extent{Covers: func(name string) bool { return strings.HasPrefix(name, covered) }}, nil
}

// needed is the oldest version of git that a Source calls. Older ones ignore
// http.curloptResolve (2.37) or GIT_CONFIG_COUNT (2.31), and so the checked address,
// the bans on redirects and hooks, and the token.
const needed = "2.37"

// checkVersion returns an error if git is too old.
func (s *Source) checkVersion(ctx context.Context) error {
	out, err := s.git(ctx, "version")
	if err != nil {
		return err
	}
	text := strings.TrimPrefix(strings.TrimSpace(string(out)), "git version ")
	var major, minor int
	if _, err := fmt.Sscanf(text, "%d.%d", &major, &minor); err != nil || major < 2 || major == 2 && minor < 37 {
		return fault.Unreachablef("git %.40q is too old: install git %s or newer, or take the source out", text, needed)
	}
	return nil
}

// fetch brings the last commit of the branch into the folder.
func (s *Source) fetch(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(s.cfg.Dir, "HEAD")); err != nil {
		if err := os.MkdirAll(s.cfg.Dir, 0o700); err != nil {
			return fmt.Errorf("make the folder of a repository: %w", err)
		}
		if _, err := s.git(ctx, "init", "--quiet", "--bare", "--template=", s.cfg.Dir); err != nil {
			return err
		}
	}
	branch := "HEAD"
	if s.cfg.Branch != "" {
		branch = "refs/heads/" + s.cfg.Branch
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	cmd, err := s.remote(ctx, "--git-dir", s.cfg.Dir, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", s.cfg.URL, "+"+branch+":"+head)
	if err == nil {
		_, err = s.run(ctx, cmd)
	}
	return err
}

// git runs git in the repository and returns what it wrote.
func (s *Source) git(ctx context.Context, args ...string) ([]byte, error) {
	return s.run(ctx, s.local(ctx, args...))
}

func (s *Source) run(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	out, said := output{most: s.most}, notes{}
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case out.over:
		return nil, fmt.Errorf("fetch %s: %w", s.cfg.URL, errTooMuch)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch %s: git: %w: %s", s.cfg.URL, err, s.lastLine(string(said.text)))
	}
	return out.text.Bytes(), nil
}

// remote returns a command that runs git and connects to the server of the
// repository.
func (s *Source) remote(ctx context.Context, args ...string) (*exec.Cmd, error) {
	settings := []string{
		"credential.helper", "", "http.followRedirects", "false", "http.lowSpeedLimit", "1000", "http.lowSpeedTime", "60", "http.userAgent", "selfrag",
	}
	if s.at.Scheme != "file" {
		if !s.cfg.Private {
			pinned, err := s.pin(ctx)
			if err != nil {
				return nil, err
			}
			settings = append(settings, "http.curloptResolve", pinned)
		}
		if s.cfg.Token != "" {
			// GitLab expects this user name; other servers look at the token only.
			settings = append(settings, "http."+s.at.Scheme+"://"+s.at.Host+"/.extraHeader", "Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("oauth2:"+s.cfg.Token)))
		}
	}
	return s.command(ctx, settings, args), nil
}

// local returns a command that runs git and connects to no server.
func (s *Source) local(ctx context.Context, args ...string) *exec.Cmd {
	return s.command(ctx, nil, args)
}

// command returns a command that runs git with the given arguments and settings, and
// with no other configuration. Settings are pairs of a key and a value.
func (s *Source) command(ctx context.Context, settings, args []string) *exec.Cmd {
	settings = append(settings, "core.hooksPath", os.DevNull, "gc.autoDetach", "false", "maintenance.autoDetach", "false", "safe.directory", "*")
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "LC_ALL=C",
		"GIT_ALLOW_PROTOCOL=" + s.at.Scheme, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings)/2),
	}
	for i := 0; i < len(settings); i += 2 { // in the environment, because other users can read arguments
		cmd.Env = append(cmd.Env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i/2, settings[i]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i/2, settings[i+1]))
	}
	cmd.WaitDelay = 5 * time.Second // git may have started programs that hold its output open
	return cmd
}

// pin returns the address that git must connect to, in curl's form. It returns an
// error if the host has an address that is not public.
func (s *Source) pin(ctx context.Context) (string, error) {
	host, port := s.at.Hostname(), s.at.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[s.at.Scheme]
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", fault.Unreachablef("fetch %s: %w", s.cfg.URL, err)
	}
	var addresses []string
	for _, ip := range found {
		if err := outbound.CheckPublic(ip); err != nil {
			return "", fmt.Errorf("fetch %s: %w", s.cfg.URL, err)
		}
		addresses = append(addresses, curlAddress(ip))
	}
	return host + ":" + port + ":" + strings.Join(addresses, ","), nil
}

func curlAddress(ip netip.Addr) string {
	if ip = ip.Unmap(); ip.Is6() {
		return "[" + ip.String() + "]"
	}
	return ip.String()
}

// lastLine returns the last line that git wrote, which says what went wrong.
func (s *Source) lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	line := strings.TrimSpace(lines[len(lines)-1])
	if s.cfg.Token != "" {
		line = strings.ReplaceAll(line, s.cfg.Token, "********")
	}
	return line[:min(len(line), 300)]
}
