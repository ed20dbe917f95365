package git

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"time"

	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
)

// tree is the last commit of the branch.
type tree struct {
	source   *Source
	files    []blob
	ignore   ingest.Ignore
	modified time.Time
	objects  *objects
}

// blob is a regular file of the commit.
type blob struct {
	hash, path string
	bytes      int64
}

// list lists the regular files of the commit. Links and submodules are left out.
func (t *tree) list(ctx context.Context) error {
	s := t.source
	out, err := s.git(ctx, "--git-dir", s.cfg.Dir, "ls-tree", "-r", "-z", "--long", head)
	if err != nil {
		return err
	}
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		about, name, ok := strings.Cut(string(entry), "\t")
		fields := strings.Fields(about) // mode, type, hash, size
		if !ok || len(fields) != 4 || fields[1] != "blob" || !strings.HasPrefix(fields[0], "100") {
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			return fmt.Errorf("list the files of %s: %w", s.cfg.URL, err)
		}
		t.files = append(t.files, blob{fields[2], name, size})
	}
	out, err = s.git(ctx, "--git-dir", s.cfg.Dir, "log", "-1", "--format=%ct", head)
	if err != nil {
		return err
	}
	if seconds, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64); err == nil {
		t.modified = time.Unix(seconds, 0)
	}
	return nil
}

// visit visits the files that ingest would read if the tree were a folder. It reads
// the content of new and changed files.
func (t *tree) visit(ctx context.Context, known source.Known, visit func(source.File) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	t.objects = &objects{source: t.source}
	defer t.objects.close()
	for _, f := range t.files {
		if path.Base(f.path) == ingest.IgnoreFile && f.bytes < 1<<20 {
			text, err := t.objects.read(ctx, f)
			if err != nil {
				return err
			}
			t.ignore.Add(path.Dir(f.path), string(text))
		}
	}
	for _, f := range t.files {
		cfg := t.source.cfg
		if cfg.Path != "" && !strings.HasPrefix(f.path, cfg.Path+"/") || t.ignore.Excludes(f.path) || !cfg.Reads(f.path) {
			continue
		}
		file := source.File{Name: t.source.prefix + f.path, Version: f.hash, Extension: strings.ToLower(path.Ext(f.path)), Bytes: f.bytes, Modified: t.modified}
		switch {
		case known(file.Name) == f.hash:
		case cfg.MaxBytes > 0 && f.bytes > cfg.MaxBytes:
			file.Err = fmt.Errorf("larger than %d bytes", cfg.MaxBytes)
		default:
			content, err := t.objects.read(ctx, f)
			if err != nil {
				return err
			}
			file.InMemory = true
			file.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
		}
		if err := visit(file); err != nil {
			return err
		}
	}
	return nil
}

// objects reads objects of the repository through one process of git. The process
// starts when the first object is read.
type objects struct {
	source *Source
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
}

// read returns the content of a file. It is not safe for concurrent use.
func (o *objects) read(ctx context.Context, f blob) ([]byte, error) {
	if o.cmd == nil {
		if err := o.start(ctx); err != nil {
			return nil, fmt.Errorf("start git: %w", err)
		}
	}
	if _, err := io.WriteString(o.in, f.hash+"\n"); err != nil {
		return nil, fmt.Errorf("read from the repository: %w", err)
	}
	line, err := o.out.ReadString('\n') // hash, type, size
	if err != nil {
		return nil, fmt.Errorf("read from the repository: %w", err)
	}
	if fields := strings.Fields(line); len(fields) != 3 || fields[2] != strconv.FormatInt(f.bytes, 10) {
		return nil, fmt.Errorf("read from the repository: git answers %q", strings.TrimSpace(line))
	}
	content := make([]byte, f.bytes+1) // a line break follows
	if _, err := io.ReadFull(o.out, content); err != nil {
		return nil, fmt.Errorf("read from the repository: %w", err)
	}
	return content[:f.bytes], nil
}

func (o *objects) start(ctx context.Context) error {
	cmd := o.source.local(ctx, "--git-dir", o.source.cfg.Dir, "cat-file", "--batch")
	var err error
	if o.in, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	o.out = bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return err
	}
	o.cmd = cmd
	return nil
}

// close ends the process.
func (o *objects) close() {
	if o.cmd == nil {
		return
	}
	_ = o.in.Close() // git exits at the end of its input
	_ = o.cmd.Wait() // it may have been killed when its context ended
}
