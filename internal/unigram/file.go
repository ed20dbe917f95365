package unigram

import (
	"encoding/json"
	"fmt"
	"slices"
)

// tokenizerFile is the relevant part of a tokenizer.json.
type tokenizerFile struct {
	Normalizer    normaliserFile `json:"normalizer"`
	PreTokenizer  splitterFile   `json:"pre_tokenizer"`
	PostProcessor struct {
		Type   string `json:"type"`
		Single []struct {
			SpecialToken struct {
				ID string `json:"id"`
			}
			Sequence struct {
				ID string `json:"id"`
			}
		} `json:"single"`
		SpecialTokens map[string]struct {
			IDs []int32 `json:"ids"`
		} `json:"special_tokens"`
	} `json:"post_processor"`
	Model struct {
		Type         string          `json:"type"`
		Unknown      *int32          `json:"unk_id"`
		ByteFallback bool            `json:"byte_fallback"`
		Vocabulary   json.RawMessage `json:"vocab"`
	} `json:"model"`
	Added []struct {
		Content string `json:"content"`
		Special bool   `json:"special"`
	} `json:"added_tokens"`
}

func parse(data []byte) (*Tokenizer, error) {
	var file tokenizerFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	if file.Model.Type != "Unigram" || file.Model.Unknown == nil || file.Model.ByteFallback {
		return nil, fmt.Errorf("%w: its model is %q", ErrUnsupported, file.Model.Type)
	}
	t := &Tokenizer{unknown: *file.Model.Unknown}
	var known [2]bool
	t.normalise, known[0] = normaliserOf(file.Normalizer)
	t.words, known[1] = splitterOf(file.PreTokenizer)
	if !known[0] || !known[1] {
		return nil, fmt.Errorf("%w: it splits or normalises otherwise", ErrUnsupported)
	}
	if err := t.readVocabulary(file.Model.Vocabulary); err != nil {
		return nil, err
	}
	if err := t.readTemplate(file); err != nil {
		return nil, err
	}
	// A document that contains "</s>" must not end a text there.
	for _, added := range file.Added {
		if !added.Special {
			return nil, fmt.Errorf("%w: it adds the token %q", ErrUnsupported, added.Content)
		}
		delete(t.ids, added.Content)
	}
	return t, nil
}

// readTemplate finds the tokens around a text.
func (t *Tokenizer) readTemplate(file tokenizerFile) error {
	around := file.PostProcessor.Single
	if file.PostProcessor.Type != "TemplateProcessing" || len(around) != 3 || around[1].Sequence.ID != "A" {
		return fmt.Errorf("%w: it puts other tokens around a text than one before and one after", ErrUnsupported)
	}
	for _, side := range []struct {
		token string
		id    *int32
	}{{around[0].SpecialToken.ID, &t.begin}, {around[2].SpecialToken.ID, &t.end}} {
		id, ok := t.ids[side.token]
		if !ok || !slices.Equal(file.PostProcessor.SpecialTokens[side.token].IDs, []int32{id}) {
			return fmt.Errorf("%w: it puts the token %q around a text, which its vocabulary has not", ErrUnsupported, side.token)
		}
		*side.id = id
	}
	return nil
}
