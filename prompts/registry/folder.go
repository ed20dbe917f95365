package registry

import (
	"encoding/json"
	"io/fs"
	"time"

	"selfrag/prompts"
)

// FS is the prompts as a folder that prompts.New reads: in memory, so that no
// other program changes it meanwhile, and a cache that cannot be written to is
// no obstacle.
func (t texts) FS() fs.FS {
	out := memory{}
	for file, one := range t {
		out[file] = one.text
	}
	origins, _ := json.Marshal(t.origins()) // of strings and numbers: it cannot fail
	out[prompts.OriginsFile] = string(origins)
	return out
}

// memory is a folder of files in memory, for fs.ReadFile and fs.ReadDir.
type memory map[string]string

// Open refuses: the files are read whole.
func (m memory) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

// ReadFile returns a file's content.
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
