package config

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest/command"
)

// Source is a place from which a server keeps a collection up to date. Exactly one of
// Folder, Site, Sitemap, Git and Bucket is set. Credentials are not among the
// settings. The fields whose names end with Env name variables of the environment.
type Source struct {
	Name       string   `yaml:"name" json:"name"`
	Collection string   `yaml:"collection" json:"collection,omitempty"` // default: that of the server
	Every      Interval `yaml:"every" json:"every,omitempty"`           // default: 5m for a folder, else 1h

	Folder  string `yaml:"folder" json:"folder,omitempty"`   // path
	Site    string `yaml:"site" json:"site,omitempty"`       // URL of the first page
	Sitemap string `yaml:"sitemap" json:"sitemap,omitempty"` // URL
	Git     string `yaml:"git" json:"git,omitempty"`         // URL of a repository
	Bucket  string `yaml:"bucket" json:"bucket,omitempty"`   // s3://BUCKET[/PREFIX]

	Depth int `yaml:"depth" json:"depth,omitempty"` // of a site
	Pages int `yaml:"pages" json:"pages,omitempty"` // of a site or a sitemap

	Branch   string `yaml:"branch" json:"branch,omitempty"`       // of a repository
	Path     string `yaml:"path" json:"path,omitempty"`           // folder of a repository
	TokenEnv string `yaml:"token_env" json:"token_env,omitempty"` // for a repository

	Endpoint     string `yaml:"endpoint" json:"endpoint,omitempty"` // of a bucket
	Region       string `yaml:"region" json:"region,omitempty"`
	AccessKeyEnv string `yaml:"access_key_env" json:"access_key_env,omitempty"` // default AWS_ACCESS_KEY_ID
	SecretKeyEnv string `yaml:"secret_key_env" json:"secret_key_env,omitempty"` // default AWS_SECRET_ACCESS_KEY

	// Private allows addresses in the local network, such as that of an internal
	// wiki.
	Private bool `yaml:"private" json:"private,omitempty"`
}

// DefaultEndpoint is the endpoint of a bucket that names none.
const DefaultEndpoint = "https://s3.amazonaws.com"

// Interval is a duration that is written as text, such as "5m".
type Interval time.Duration

// MarshalText implements encoding.TextMarshaler.
func (i Interval) MarshalText() ([]byte, error) { return []byte(time.Duration(i).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (i *Interval) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < time.Second {
		return fmt.Errorf("every: %q is not a duration of a second or more, such as 5m", text)
	}
	*i = Interval(d)
	return nil
}

// Kind returns the kind of a source and its path or URL. Both are "" unless exactly
// one of the fields for a kind is set.
func (s Source) Kind() (kind, place string) {
	for _, k := range []struct{ kind, place string }{{"folder", s.Folder}, {"site", s.Site}, {"sitemap", s.Sitemap}, {"git", s.Git}, {"bucket", s.Bucket}} {
		switch {
		case k.place == "":
		case kind != "":
			return "", ""
		default:
			kind, place = k.kind, k.place
		}
	}
	return kind, place
}

// sourceName matches valid names of sources, of up to maxSourceName runes. A name is
// also the name of a file and part of a URL.
var sourceName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_-]*$`)

// maxSourceName is not part of sourceName: so many copies of its classes would take
// 2.5 MB and delay every start.
const maxSourceName = 64

// checkSources returns a usage error for the first source with an invalid value.
// collection is that of the server.
func (l SourceList) checkSources(collection string) error {
	seen := map[string]bool{}
	endpoints := map[[2]string]string{} // by collection and bucket
	for i, s := range l {
		kind, place := s.Kind()
		u, err := url.Parse(place)
		switch {
		case !sourceName.MatchString(s.Name) || utf8.RuneCountInString(s.Name) > maxSourceName:
			return fault.Usagef("sources: the name of source %d must be letters, digits, - and _, and at most 64 of them", i+1)
		case seen[s.Name]:
			return fault.Usagef("sources: two sources are named %q", s.Name)
		case kind == "":
			return fault.Usagef("sources: %s needs exactly one of folder, site, sitemap, git and bucket", s.Name)
		case kind != "folder" && (err != nil || u.User != nil):
			return fault.Usagef("sources: %s: the URL is malformed, or has a user or a password in it; credentials belong in variables of the environment", s.Name)
		case kind == "bucket" && (u.Scheme != "s3" || u.Host == ""):
			return fault.Usagef("sources: %s: write the bucket as s3://BUCKET or s3://BUCKET/PREFIX", s.Name)
		case s.Collection != "" && retrieval.CheckName(s.Collection) != nil:
			return fault.Usagef("sources: %s: %w", s.Name, retrieval.CheckName(s.Collection))
		case s.Depth < 0 || s.Pages < 0:
			return fault.Usagef("sources: %s: depth and pages must not be negative", s.Name)
		}
		seen[s.Name] = true
		if kind != "bucket" {
			continue
		}
		// Documents are named s3://BUCKET/KEY, so each source would remove those of the other.
		key, endpoint := [2]string{cmp.Or(s.Collection, collection), u.Host}, strings.ToLower(strings.TrimRight(cmp.Or(s.Endpoint, DefaultEndpoint), "/"))
		if other, has := endpoints[key]; has && other != endpoint {
			return fault.Usagef("sources: %s: another source keeps a bucket %s of another endpoint in the same collection: name a collection for one of them", s.Name, u.Host)
		}
		endpoints[key] = endpoint
	}
	return nil
}

// Commands returns the commands that read files of further types.
func (s Settings) Commands() ([]command.Command, error) {
	var all []command.Command
	seen := map[string]bool{}
	for _, text := range s.Readers {
		c, err := command.Parse(text)
		if err != nil {
			return nil, fault.Usagef("reader: %w", err)
		}
		if seen[c.Extension] {
			return nil, fault.Usagef("reader: two commands are for %s", c.Extension)
		}
		seen[c.Extension] = true
		c.Time = s.ReaderTime
		all = append(all, c)
	}
	return all, nil
}

func checkReaders(s Settings) error {
	all, err := s.Commands()
	if err != nil {
		return err
	}
	for _, c := range all {
		if s.Splitting().Reads("x" + c.Extension) {
			return fault.Usagef("reader: files of type %s are read already, and need no command", strings.TrimPrefix(c.Extension, "."))
		}
	}
	return positive("reader_time", s.ReaderTime)
}
