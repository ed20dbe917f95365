package embed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modelFolder writes the files of a model. The keys of files are their paths.
func modelFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const pooledModules = `[
	{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
	{"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
	{"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]`

func TestReadFolder(t *testing.T) {
	start := Profile{QueryPrompt: "q: ", Languages: []string{"ko"}}
	for name, c := range map[string]struct {
		files map[string]string
		want  Profile
	}{
		"no files": {nil, Profile{QueryPrompt: "q: "}},
		"cls": {map[string]string{
			"modules.json": pooledModules, "1_Pooling/config.json": `{"word_embedding_dimension": 8, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false, "include_prompt": true}`,
		}, Profile{QueryPrompt: "q: ", Pooling: CLS}},
		"last, no modules": {map[string]string{"1_Pooling/config.json": `{"pooling_mode_lasttoken": true}`}, Profile{QueryPrompt: "q: ", Pooling: Last}},
		"mean, by name":    {map[string]string{"1_Pooling/config.json": `{"pooling_mode": "mean"}`}, Profile{QueryPrompt: "q: ", Pooling: Mean}},
		"a limit":          {map[string]string{"sentence_bert_config.json": `{"max_seq_length": 256, "do_lower_case": false}`}, Profile{QueryPrompt: "q: ", MaxTokens: 256}},
		"XLM-R's positions": {map[string]string{
			"sentence_bert_config.json": `{"max_seq_length": 514}`, "config.json": `{"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}`,
		}, Profile{QueryPrompt: "q: ", MaxTokens: 512}},
		"BERT's positions": {map[string]string{"config.json": `{"model_type": "bert", "max_position_embeddings": 128}`}, Profile{QueryPrompt: "q: ", MaxTokens: 128}},
		"prompts": {map[string]string{"config_sentence_transformers.json": `{"prompts": {"query": "search: ", "document": "text: "}, "default_prompt_name": null}`},
			Profile{QueryPrompt: "search: ", PassagePrompt: "text: "}},
		"empty prompts": {map[string]string{"config_sentence_transformers.json": `{"prompts": {"query": "", "document": ""}}`}, Profile{QueryPrompt: "q: "}},
	} {
		got, err := readFolder(modelFolder(t, c.files), start)
		if err != nil || got.QueryPrompt != c.want.QueryPrompt || got.PassagePrompt != c.want.PassagePrompt ||
			got.Pooling != c.want.Pooling || got.MaxTokens != c.want.MaxTokens || len(got.Languages) != 1 {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, err, c.want)
		}
	}
}

func TestReadFolderRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a dense layer":  {map[string]string{"modules.json": `[{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]`}, `"Dense"`},
		"max pooling":    {map[string]string{"1_Pooling/config.json": `{"pooling_mode_max_tokens": true}`}, "max_tokens"},
		"two poolings":   {map[string]string{"1_Pooling/config.json": `{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}`}, "cls_token + mean_tokens"},
		"no prompt":      {map[string]string{"1_Pooling/config.json": `{"pooling_mode_mean_tokens": true, "include_prompt": false}`}, "prompts"},
		"another folder": {map[string]string{"modules.json": `[{"path": "../x", "type": "Pooling"}]`}, "not below"},
		"garbage":        {map[string]string{"config.json": "<html>"}, "config.json"},
	} {
		if _, err := readFolder(modelFolder(t, c.files), Profile{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
}
