package onnx

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestPairTemplate(t *testing.T) {
	const bert = `{"type":"TemplateProcessing","single":[],"pair":[
		{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},
		{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],
		"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[101],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[102],"tokens":["[SEP]"]}}}`
	for name, c := range map[string]struct {
		processor  string
		ids, types []int64
		special    int
	}{
		"BERT's template": {bert, []int64{101, 11, 12, 102, 13, 102}, []int64{0, 0, 0, 0, 1, 1}, 3},
		"BERT's own":      {`{"type":"BertProcessing","sep":["[SEP]",102],"cls":["[CLS]",101]}`, []int64{101, 11, 12, 102, 13, 102}, []int64{0, 0, 0, 0, 1, 1}, 3},
		"RoBERTa's own":   {`{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true}`, []int64{0, 11, 12, 2, 2, 13, 2}, []int64{0, 0, 0, 0, 0, 0, 0}, 4},
		"within others":   {`{"type":"Sequence","processors":[{"type":"ByteLevel"},` + bert + `]}`, []int64{101, 11, 12, 102, 13, 102}, []int64{0, 0, 0, 0, 1, 1}, 3},
	} {
		template, err := readPairTemplate(json.RawMessage(c.processor))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := template.assemble([]int64{11, 12}, []int64{13})
		if !reflect.DeepEqual(got.ids, c.ids) || !reflect.DeepEqual(got.types, c.types) || template.special() != c.special {
			t.Errorf("%s: got %v, %v, %d special", name, got.ids, got.types, template.special())
		}
		for i, special := range got.special {
			if special == (got.ids[i] >= 11 && got.ids[i] <= 13) {
				t.Errorf("%s: token %d, special: %t", name, i, special)
			}
		}
	}
	for processor, want := range map[string]string{
		``:                     "no post_processor",
		`null`:                 "no post_processor",
		`[]`:                   "post_processor",
		`{"type":"ByteLevel"}`: `"ByteLevel" is not known`,
		`{"type":"BertProcessing","sep":["x"],"cls":[]}`:                                             "cls",
		`{"type":"BertProcessing","sep":[1],"cls":["c",1]}`:                                          "sep",
		`{"type":"TemplateProcessing","pair":[]}`:                                                    "no pair",
		`{"type":"TemplateProcessing","pair":[{"X":1}]}`:                                             "neither",
		`{"type":"TemplateProcessing","pair":[{"SpecialToken":{"id":"[CLS]"}}],"special_tokens":{}}`: "has no id",
		`{"type":"Sequence","processors":[]}`:                                                        "not known",
	} {
		if _, err := readPairTemplate(json.RawMessage(processor)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", processor, err, want)
		}
	}
}

func TestModelConfig(t *testing.T) {
	for name, c := range map[string]struct {
		config modelConfig
		tokens int
		ok     bool
	}{
		"BERT":            {modelConfig{ModelType: "bert", Positions: 512, Architectures: []string{"BertForSequenceClassification"}}, 512, true},
		"XLM-RoBERTa":     {modelConfig{ModelType: "xlm-roberta", Positions: 514, PadTokenID: 1, Architectures: []string{"XLMRobertaForSequenceClassification"}}, 512, true},
		"an embedder":     {modelConfig{ModelType: "bert", Positions: 512, Architectures: []string{"BertModel"}}, 512, false},
		"nothing is said": {modelConfig{}, 0, true},
	} {
		if got := c.config.maxTokens(); got != c.tokens {
			t.Errorf("%s: %d tokens, want %d", name, got, c.tokens)
		}
		if err := c.config.checkClassifier(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
