package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"selfrag/fault"
)

// AddFlags declares the flags of the settings in the given groups. The defaults
// of the flags are the values of s. Load later reads the values that the user
// set.
func (s Settings) AddFlags(flags *pflag.FlagSet, groups ...string) {
	for _, f := range s.table() {
		if slices.Contains(groups, f.group) {
			h := helpOf(f)
			flag := flags.VarPF(value{f.value, h.arg}, flagOf(f.key), "", f.usage)
			flag.Annotations = map[string][]string{HeadingAnnotation: {h.heading}}
			if h.expert {
				flag.Annotations[ExpertAnnotation] = []string{"true"}
			}
		}
	}
}

// AddFlag declares the flag of one setting, with usage as its help text.
func (s Settings) AddFlag(flags *pflag.FlagSet, key, usage string) {
	v := s.value(key)
	v.arg = helpOf(setting{key: key}).arg
	flags.Var(v, flagOf(key), usage)
}

// Load returns the settings from a file, the environment and flags. A variable
// of the environment overrides the file, and a flag that the user set overrides
// both. explicit is the path of the file. If it is empty, Load reads the file
// that SELFRAG_CONFIG names, or else selfrag.yaml in the working folder. A
// missing file is an error, unless it is selfrag.yaml. Load ignores flags that
// do not belong to a setting.
func Load(explicit string, getenv func(string) string, flags *pflag.FlagSet) (Settings, error) {
	s := Default(getenv)
	path := cmp.Or(explicit, getenv("SELFRAG_CONFIG"), "selfrag.yaml")
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path == "selfrag.yaml":
	case err != nil:
		return s, fault.Usagef("read the configuration: %w", err)
	default:
		if err := s.loadFile(path, content); err != nil {
			return s, fault.Usagef("configuration %s: %w", path, err)
		}
	}
	given := map[string]string{}
	flags.Visit(func(f *pflag.Flag) {
		if v, ok := f.Value.(value); ok {
			given[f.Name] = v.text()
		}
	})
	for _, f := range s.table() {
		env := "SELFRAG_" + strings.ToUpper(f.key)
		if text := getenv(env); text != "" {
			if err := (value{ptr: f.value}).replace(text); err != nil {
				return s, fault.Usagef("environment variable %s: %w", env, err)
			}
			s.from[f.key] = "environment " + env
		}
		if text, ok := given[flagOf(f.key)]; ok {
			if err := (value{ptr: f.value}).replace(text); err != nil {
				return s, fault.Usagef("flag --%s: %w", flagOf(f.key), err)
			}
			s.from[f.key] = "flag --" + flagOf(f.key)
		}
	}
	s.expandHome(getenv("HOME"))
	return s, s.Check()
}

func (s *Settings) loadFile(path string, content []byte) error {
	var file map[string]yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(content)).Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	known := map[string]setting{}
	for _, f := range s.table() {
		known[f.key] = f
	}
	for key, node := range file {
		f, ok := known[key]
		if !ok {
			return fmt.Errorf("line %d: unknown key %q; `selfrag config show` lists the known ones", node.Line, key)
		}
		text, ok := nodeText(f.value, &node)
		if !ok {
			return fmt.Errorf("line %d: %s must be %s", node.Line, key, form(f.value))
		}
		if err := (value{ptr: f.value}).replace(text); err != nil {
			return fmt.Errorf("line %d: %s: %w", node.Line, key, err)
		}
		s.from[key] = "file " + path
	}
	return nil
}

// form names the form of a setting in selfrag.yaml.
func form(ptr any) string {
	switch ptr.(type) {
	case *List, *SourceList:
		return "a list"
	}
	return "a single value"
}
