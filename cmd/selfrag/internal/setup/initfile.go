package setup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"selfrag/fault"
	"selfrag/internal/atomicfile"
)

// keyValue is a setting with its value as in selfrag.yaml.
type keyValue struct{ key, value string }

// initFile is selfrag.yaml before and after the changes of init.
type initFile struct {
	path    string // with links resolved
	there   bool
	changed bool // the new settings differ from the old
	old     []byte
	new     []byte
	mode    fs.FileMode
}

// readInitFile reads the file at path, which may be missing. It also prepares
// the new text of the file, in which the settings have the given values. The
// rest of the file stays, including comments.
func readInitFile(path string, values []keyValue) (*initFile, error) {
	f := &initFile{path: path, mode: 0o644}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		f.path = real
	}
	old, err := os.ReadFile(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, err)
	default:
		f.there, f.old = true, old
		if info, err := os.Stat(f.path); err == nil {
			f.mode = info.Mode().Perm()
		}
	}
	if f.new, f.changed, err = setInYAML(f.old, values); err != nil {
		return nil, fault.Usagef("configuration %s: %w", path, err)
	}
	return f, nil
}

// setInYAML returns the YAML mapping in old with the given values set. old may
// be empty. changed reports whether the text must be written.
func setInYAML(old []byte, values []keyValue) (text []byte, changed bool, err error) {
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(old)).Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	if doc.Kind == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
		// A document that contains only comments has no root node.
		doc.HeadComment = string(bytes.TrimSpace(old))
		changed = len(old) == 0
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		root.Kind, root.Tag, root.Value = yaml.MappingNode, "!!map", ""
	}
	if root.Kind != yaml.MappingNode {
		return nil, false, errors.New("it must hold settings as KEY: VALUE")
	}
	for _, v := range values {
		node := valueOf(root, v.key)
		if node == nil {
			node = &yaml.Node{Kind: yaml.ScalarNode}
			root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: v.key}, node)
		} else if node.Kind == yaml.ScalarNode && node.Value == v.value {
			continue
		}
		// Keep the comments. Also keep the anchor, because the rest of the file
		// may refer to it.
		*node = yaml.Node{
			Kind: yaml.ScalarNode, Tag: "!!str", Value: v.value, Anchor: node.Anchor,
			LineComment: node.LineComment, HeadComment: node.HeadComment, FootComment: node.FootComment,
		}
		changed = true
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(&doc), enc.Close()); err != nil {
		return nil, false, err
	}
	return out.Bytes(), changed, nil
}

// valueOf returns the value of a key in a mapping, or nil.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// write replaces the old file with the new one in one step and returns the path
// of a copy of the old file. It writes nothing if nothing changed.
func (f *initFile) write() (copied string, err error) {
	if !f.changed {
		return "", nil
	}
	if f.there {
		if copied, err = f.keepOld(); err != nil {
			return "", fmt.Errorf("keep a copy of %s: %w", f.path, err)
		}
	}
	if err := atomicfile.WriteMode(f.path, f.new, f.mode); err != nil {
		return copied, fmt.Errorf("write %s: %w", f.path, err)
	}
	return copied, nil
}

// keepOld writes a copy of the old file under an unused name and returns its
// path.
func (f *initFile) keepOld() (string, error) {
	for n := 0; ; n++ {
		name := f.path + ".bak"
		if n > 0 {
			name = fmt.Sprintf("%s.%d", name, n)
		}
		out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = out.Write(f.old)
		return name, errors.Join(err, out.Close())
	}
}
