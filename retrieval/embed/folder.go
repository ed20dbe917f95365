package embed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// readFolder overrides the profile with the files of a model folder, as
// sentence-transformers publishes them: modules.json (the parts of the model),
// 1_Pooling/config.json, sentence_bert_config.json (where texts are cut),
// config_sentence_transformers.json (prompts) and config.json (the number of
// positions). Missing files override nothing. It returns an error for a model
// that works in an unknown way, because its vectors would look right but be
// wrong.
func readFolder(dir string, p Profile) (Profile, error) {
	for _, read := range []func(string, *Profile) error{readModules, readLimit, readPrompts} {
		if err := read(dir, &p); err != nil {
			return p, fmt.Errorf("read how the model in %s is used: %w", dir, err)
		}
	}
	return p, nil
}

// readModules reads the pooling.
func readModules(dir string, p *Profile) error {
	var modules []struct {
		Path string `json:"path"`
		Type string `json:"type"`
	}
	there, err := readJSON(filepath.Join(dir, "modules.json"), &modules)
	if err != nil {
		return err
	}
	if !there {
		return readPooling(filepath.Join(dir, "1_Pooling"), p)
	}
	for _, m := range modules {
		switch name := m.Type[strings.LastIndex(m.Type, ".")+1:]; name {
		case "Transformer", "Normalize":
		case "Pooling":
			if !filepath.IsLocal(m.Path) {
				return fmt.Errorf("modules.json names the folder %q, which is not below the model's", m.Path)
			}
			if err := readPooling(filepath.Join(dir, m.Path), p); err != nil {
				return err
			}
		default:
			return fmt.Errorf("modules.json has a part %q after the encoder, which cannot be run here", name)
		}
	}
	return nil
}

func readPooling(dir string, p *Profile) error {
	path := filepath.Join(dir, "config.json")
	var config map[string]any
	there, err := readJSON(path, &config)
	if err != nil || !there {
		return err
	}
	var modes []string
	for key, value := range config {
		if on, _ := value.(bool); on && strings.HasPrefix(key, "pooling_mode_") {
			modes = append(modes, strings.TrimPrefix(key, "pooling_mode_"))
		}
	}
	if mode, ok := config["pooling_mode"].(string); ok {
		modes = []string{mode}
	}
	slices.Sort(modes)
	switch strings.Join(modes, " + ") {
	case "":
	case "cls_token", "cls":
		p.Pooling = CLS
	// Dividing by the root of the length changes only the length of a vector,
	// and all vectors are scaled to 1.
	case "mean_tokens", "mean", "mean_sqrt_len_tokens":
		p.Pooling = Mean
	case "lasttoken":
		p.Pooling = Last
	default:
		return fmt.Errorf("%s asks for the pooling %s: only mean, cls and last token are known", path, strings.Join(modes, " + "))
	}
	if include, ok := config["include_prompt"].(bool); ok && !include {
		return fmt.Errorf("%s leaves prompts out of the pooling, which cannot be done here", path)
	}
	return nil
}

// readLimit reads where texts are cut: where the model's authors cut them, but
// never beyond the model's positions.
func readLimit(dir string, p *Profile) error {
	var cut struct {
		MaxSeqLength int `json:"max_seq_length"`
	}
	if _, err := readJSON(filepath.Join(dir, "sentence_bert_config.json"), &cut); err != nil {
		return err
	}
	if cut.MaxSeqLength > 0 {
		p.MaxTokens = cut.MaxSeqLength
	}
	var model struct {
		Type      string `json:"model_type"`
		Positions int    `json:"max_position_embeddings"`
		Padding   *int   `json:"pad_token_id"`
	}
	if _, err := readJSON(filepath.Join(dir, "config.json"), &model); err != nil {
		return err
	}
	positions := model.Positions
	switch model.Type {
	case "roberta", "xlm-roberta", "camembert":
		// These models count positions from the one after that of padding.
		padding := 1
		if model.Padding != nil {
			padding = *model.Padding
		}
		positions -= padding + 1
	}
	if positions > 0 {
		p.MaxTokens = min(p.withDefaults().MaxTokens, positions)
	}
	return nil
}

func readPrompts(dir string, p *Profile) error {
	var config struct {
		Prompts map[string]string `json:"prompts"`
	}
	if _, err := readJSON(filepath.Join(dir, "config_sentence_transformers.json"), &config); err != nil {
		return err
	}
	for to, names := range map[*string][]string{
		&p.QueryPrompt:   {"query", "retrieval.query", "s2p_query"},
		&p.PassagePrompt: {"document", "passage", "retrieval.passage"},
	} {
		for _, name := range names {
			// The library writes an empty prompt if nobody set one.
			if prompt := config.Prompts[name]; prompt != "" {
				*to = prompt
				break
			}
		}
	}
	return nil
}

// readJSON reads a file that may be missing.
func readJSON(path string, into any) (there bool, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return false, fmt.Errorf("%s is not the JSON expected: %w", path, err)
	}
	return true, nil
}
