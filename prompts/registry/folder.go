package registry

import (
	"encoding/json"
	"io/fs"
	"time"

	"selfrag/prompts"
)

// FS returns the prompts as a folder for prompts.New. The folder is in memory,
// so no other program can change it, and it works even if the cache cannot be
// written.
func (t texts) FS() fs.FS {
	out := memory{}
	for file, one := range t {
		out[file] = one.text
	}
	origins, _ := json.Marshal(t.origins()) // cannot fail: strings and numbers
	out[prompts.OriginsFile] = string(origins)
	return out
}

// memory is a folder of files in memory, for fs.ReadFile and fs.ReadDir.
type memory map[string]string

// Open always fails, because the files are read whole.
func (m memory) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

// ReadFile returns the content of a file.
func (m memory) ReadFile(name string) ([]byte, error) {
	content, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(content), nil
}

// ReadDir lists the files.
func (m memory) ReadDir(string) ([]fs.DirEntry, error) {
	var out []fs.DirEntry
	for name, content := range m {
		out = append(out, fs.FileInfoToDirEntry(info{name, int64(len(content))}))
	}
	return out, nil
}

type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
