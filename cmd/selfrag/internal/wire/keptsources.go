package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/bucket"
	"selfrag/retrieval/source/folder"
	"selfrag/retrieval/source/git"
	"selfrag/retrieval/source/site"
	"selfrag/serve"
)

// KeptSources keeps the collections of a server up to date with the sources of the
// settings. It implements serve.Sources.
type KeptSources struct {
	tenant string
	all    []*keptSource
}

// keptSource is one source with its schedule.
type keptSource struct {
	setting  config.Source // with its defaults filled in
	schedule *source.Schedule
	close    func() error // stops watching; may be nil
}

// The times between two synchronisations if the setting names none.
const (
	everyFolder = 5 * time.Minute // changes that the system reports are found at once
	everyOther  = time.Hour
)

// KeptSources prepares the sources of the settings. The error says which setting is
// wrong. The caller must call Run.
func (v *Served) KeptSources(settings config.SourceList) (*KeptSources, error) {
	k := &KeptSources{tenant: v.parts.Settings.Tenant}
	for _, setting := range settings {
		one, err := v.keptSource(setting)
		if err != nil {
			k.close(v.log)
			return nil, fault.Usagef("sources: %s: %w", setting.Name, err)
		}
		k.all = append(k.all, one)
	}
	return k, nil
}

func (v *Served) keptSource(setting config.Source) (*keptSource, error) {
	s := v.parts.Settings
	setting.Collection = cmp.Or(setting.Collection, s.Collection)
	if setting.Every == 0 {
		setting.Every = config.Interval(everyOther)
		if setting.Folder != "" {
			setting.Every = config.Interval(everyFolder)
		}
	}
	rules, err := reading(s).Rules()
	if err != nil {
		return nil, err
	}
	k := &keptSource{setting: setting}
	src, changed, err := v.openSource(k)
	if err != nil {
		return nil, err
	}
	log := v.log.With("source", setting.Name, "collection", setting.Collection)
	k.schedule = source.NewSchedule(source.Config{
		Source: src, Changed: changed, Every: time.Duration(setting.Every),
		Open:      func(ctx context.Context) (source.Target, error) { return v.target(ctx, setting.Collection) },
		StateFile: filepath.Join(s.SourcesDir(), setting.Name+".json"),
		Of:        keyOf(s.Tenant, setting, rules),
		Ended:     func(r source.Report, err error) { logSync(log, r, err) },
		Explain:   explainSync,
	})
	return k, nil
}

// openSource returns the source of a setting, and a channel that receives a value when
// the source changes. The channel is nil if the source cannot be watched.
func (v *Served) openSource(k *keptSource) (source.Source, <-chan struct{}, error) {
	s, cfg, hosts := k.setting, reading(v.parts.Settings), config.Hosts(v.parts.Settings.AllowURLs)
	kind, place := s.Kind()
	switch kind {
	case "folder":
		watcher := folder.Watch(cfg)
		k.close = watcher.Close
		return folder.New(folder.Config{Paths: []string{place}, Reading: cfg, Watch: watcher}), watcher.Changes(), nil
	case "git":
		token := ""
		if s.TokenEnv != "" {
			if token = v.parts.getenv(s.TokenEnv); token == "" {
				return nil, nil, fmt.Errorf("the variable %s, which token_env names, is not set", s.TokenEnv)
			}
		}
		src, err := git.New(git.Config{
			URL: place, Branch: s.Branch, Path: s.Path, Token: token, Dir: filepath.Join(v.parts.Settings.SourcesDir(), s.Name+".git"),
			AllowURLs: hosts, Private: s.Private, MaxBytes: cfg.MaxBytes, Reads: cfg.Reads,
		})
		return src, nil, err
	case "bucket":
		u, err := url.Parse(place)
		if err != nil {
			return nil, nil, errors.New("the URL of the bucket is malformed")
		}
		src, err := bucket.New(bucket.Config{
			Endpoint: cmp.Or(s.Endpoint, config.DefaultEndpoint), Bucket: u.Host, Prefix: strings.TrimPrefix(u.Path, "/"), Region: s.Region,
			AccessKey: v.parts.getenv(cmp.Or(s.AccessKeyEnv, "AWS_ACCESS_KEY_ID")), SecretKey: v.parts.getenv(cmp.Or(s.SecretKeyEnv, "AWS_SECRET_ACCESS_KEY")),
			AllowURLs: hosts, Private: s.Private, Reads: cfg.Reads,
		})
		return src, nil, err
	}
	src, err := site.New(site.Config{
		Start: s.Site, Sitemap: s.Sitemap, AllowURLs: hosts, Private: s.Private, Depth: s.Depth, Pages: s.Pages, MaxBytes: cfg.MaxBytes, TypeOf: cfg.TypeOf,
	})
	return src, nil, err
}

// target opens a collection that a source keeps up to date. It creates the collection
// if there is none.
func (v *Served) target(ctx context.Context, collection string) (source.Target, error) {
	s := v.parts.Settings
	s.Collection = collection
	p := v.parts.With(s)
	lib, err := p.Store(ctx)
	if err != nil {
		return source.Target{}, err
	}
	c, vectors, err := p.toFill(ctx, lib)
	if err != nil {
		return source.Target{}, err
	}
	store, ok := c.(ingest.Pruner)
	if !ok {
		return source.Target{}, errors.New("documents cannot be taken out of this kind of collection")
	}
	in, err := ingest.New(c, vectors, reading(s))
	if err != nil {
		return source.Target{}, err
	}
	return source.Target{Store: store, Ingester: in}, nil
}

// explainSync returns the words of an error for the API. About the server's own parts
// they say only that they failed, and about a file of the server not where it is.
func explainSync(err error) string {
	var target *source.TargetError
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &target):
		return "the server could not embed or store the documents; its log says why"
	case errors.As(err, &file):
		return fmt.Sprintf("a file or folder cannot be used: %v; the server's log says which", file.Err)
	case errors.As(err, &link):
		return fmt.Sprintf("a file or folder cannot be used: %v; the server's log says which", link.Err)
	}
	return err.Error()
}

func logSync(log *slog.Logger, r source.Report, err error) {
	for _, f := range r.Failed {
		if isOwnFault(f.Err) {
			log.Error("a document was not ingested", "document", f.Source, "error", f.Err)
		}
	}
	switch {
	case err != nil:
		log.Error("a source was not synchronised", "error", err)
	case r.Added+r.Updated+r.Removed > 0:
		log.Info("a source was synchronised", "added", r.Added, "updated", r.Updated, "removed", r.Removed, "failed", len(r.Failed), "passages", r.Passages)
	}
}

// Run keeps the collections up to date until ctx ends.
func (k *KeptSources) Run(ctx context.Context, log *slog.Logger) {
	var work sync.WaitGroup
	for _, one := range k.all {
		work.Go(func() { one.schedule.Run(ctx) })
	}
	work.Wait()
	k.close(log)
}

func (k *KeptSources) close(log *slog.Logger) {
	for _, one := range k.all {
		if one.close != nil {
			if err := one.close(); err != nil {
				log.Error("a folder is no longer watched", "error", err)
			}
		}
	}
}

// of reports whether the sources belong to a tenant.
func (k *KeptSources) of(t serve.Tenant) bool {
	name, err := t.Name()
	return err == nil && name == k.tenant
}

// Sources implements serve.Sources.
func (k *KeptSources) Sources(t serve.Tenant) []serve.KeptSource {
	if !k.of(t) {
		return nil
	}
	var all []serve.KeptSource
	for _, one := range k.all {
		all = append(all, one.state())
	}
	return all
}

// SyncSource implements serve.Sources.
func (k *KeptSources) SyncSource(t serve.Tenant, name string) bool {
	if !k.of(t) {
		return false
	}
	for _, one := range k.all {
		if one.setting.Name == name {
			one.schedule.Now()
			return true
		}
	}
	return false
}

// state returns the state for the API.
func (k *keptSource) state() serve.KeptSource {
	st := k.schedule.Status()
	kind, place := k.setting.Kind()
	out := serve.KeptSource{
		Name: k.setting.Name, Kind: kind, Place: place, Collection: k.setting.Collection, Every: time.Duration(k.setting.Every).Seconds(), State: serve.SourceWaiting,
		Began: known(st.Began), Ended: known(st.Ended), Success: known(st.Success), Next: known(st.Next), Error: st.Error,
		Files: st.Report.Files, Added: st.Report.Added, Updated: st.Report.Updated, Unchanged: st.Report.Unchanged, Removed: st.Report.Removed,
		Passages: st.Report.Passages, Failed: st.Failed, Failures: []serve.SourceFailure{}, Notes: append([]string{}, st.Report.Notes...),
	}
	switch {
	case st.Running:
		out.State = serve.SourceRunning
	case st.Error != "":
		out.State = serve.SourceFailing
	}
	for _, f := range st.Failures {
		cause, reason := documentReason(f.Err)
		out.Failures = append(out.Failures, serve.SourceFailure{Source: f.Source, Cause: cause, Reason: reason})
	}
	return out
}

// known returns nil for the zero time.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
