package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
)

// pairTemplate describes how a model combines a query and a passage: the
// post-processor in its tokenizer.json.
type pairTemplate struct{ pieces []templatePiece }

// templatePiece is one special token, or the place of the query or the passage.
type templatePiece struct {
	kind   pieceKind
	id     int64 // of a special token
	typeID int64 // segment
}

type pieceKind int

const (
	specialPiece pieceKind = iota
	queryPiece
	passagePiece
)

// special returns the number of special tokens of a pair.
func (t pairTemplate) special() int {
	n := 0
	for _, p := range t.pieces {
		if p.kind == specialPiece {
			n++
		}
	}
	return n
}

// assemble combines token ids to a pair.
func (t pairTemplate) assemble(query, passage []int64) tokens {
	n := len(query) + len(passage) + t.special()
	out := tokens{ids: make([]int64, 0, n), types: make([]int64, 0, n), special: make([]bool, 0, n)}
	add := func(special bool, typeID int64, ids ...int64) {
		for _, id := range ids {
			out.ids = append(out.ids, id)
			out.types = append(out.types, typeID)
			out.special = append(out.special, special)
		}
	}
	for _, p := range t.pieces {
		switch p.kind {
		case queryPiece:
			add(false, p.typeID, query...)
		case passagePiece:
			add(false, p.typeID, passage...)
		default:
			add(true, p.typeID, p.id)
		}
	}
	return out
}

// readPairTemplate parses the post_processor of a tokenizer.json.
func readPairTemplate(raw json.RawMessage) (pairTemplate, error) {
	var p struct {
		Type       string            `json:"type"`
		Processors []json.RawMessage `json:"processors"`
		Sep        []any             `json:"sep"`
		Cls        []any             `json:"cls"`
		Pair       []json.RawMessage `json:"pair"`
		Special    map[string]struct {
			IDs []int64 `json:"ids"`
		} `json:"special_tokens"`
	}
	if len(raw) == 0 || string(raw) == "null" {
		return pairTemplate{}, errors.New("it has no post_processor, so how pairs are put together is not known")
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return pairTemplate{}, fmt.Errorf("its post_processor: %w", err)
	}
	switch p.Type {
	case "BertProcessing", "RobertaProcessing":
		cls, err := idOf(p.Cls)
		if err != nil {
			return pairTemplate{}, fmt.Errorf("its post_processor's cls: %w", err)
		}
		sep, err := idOf(p.Sep)
		if err != nil {
			return pairTemplate{}, fmt.Errorf("its post_processor's sep: %w", err)
		}
		if p.Type == "BertProcessing" {
			return pairTemplate{[]templatePiece{
				{specialPiece, cls, 0}, {queryPiece, 0, 0}, {specialPiece, sep, 0}, {passagePiece, 0, 1}, {specialPiece, sep, 1},
			}}, nil
		}
		return pairTemplate{[]templatePiece{
			{specialPiece, cls, 0}, {queryPiece, 0, 0}, {specialPiece, sep, 0}, {specialPiece, sep, 0}, {passagePiece, 0, 0}, {specialPiece, sep, 0},
		}}, nil
	case "TemplateProcessing":
		var t pairTemplate
		for _, piece := range p.Pair {
			got, err := readPiece(piece, func(name string) ([]int64, bool) { s, ok := p.Special[name]; return s.IDs, ok })
			if err != nil {
				return t, fmt.Errorf("its post_processor's pair: %w", err)
			}
			t.pieces = append(t.pieces, got...)
		}
		return t, t.check()
	case "Sequence":
		for _, inner := range p.Processors {
			if t, err := readPairTemplate(inner); err == nil {
				return t, nil
			}
		}
	}
	return pairTemplate{}, fmt.Errorf("its post_processor %q is not known", p.Type)
}

func readPiece(raw json.RawMessage, special func(string) ([]int64, bool)) ([]templatePiece, error) {
	type part struct {
		ID     string `json:"id"`
		TypeID int64  `json:"type_id"`
	}
	var piece struct{ SpecialToken, Sequence *part }
	if err := json.Unmarshal(raw, &piece); err != nil {
		return nil, err
	}
	switch {
	case piece.SpecialToken != nil:
		ids, ok := special(piece.SpecialToken.ID)
		if !ok {
			return nil, fmt.Errorf("the special token %q has no id", piece.SpecialToken.ID)
		}
		var out []templatePiece
		for _, id := range ids {
			out = append(out, templatePiece{specialPiece, id, piece.SpecialToken.TypeID})
		}
		return out, nil
	case piece.Sequence != nil && piece.Sequence.ID == "A":
		return []templatePiece{{queryPiece, 0, piece.Sequence.TypeID}}, nil
	case piece.Sequence != nil && piece.Sequence.ID == "B":
		return []templatePiece{{passagePiece, 0, piece.Sequence.TypeID}}, nil
	}
	return nil, fmt.Errorf("%s is neither a special token nor a sequence", raw)
}

func (t pairTemplate) check() error {
	queries, passages := 0, 0
	for _, p := range t.pieces {
		switch p.kind {
		case queryPiece:
			queries++
		case passagePiece:
			passages++
		}
	}
	if queries != 1 || passages != 1 {
		return errors.New("its post_processor makes no pair of one text and one other")
	}
	return nil
}

// idOf parses ["[SEP]", 102].
func idOf(pair []any) (int64, error) {
	if len(pair) == 2 {
		if id, ok := pair[1].(float64); ok && id >= 0 {
			return int64(id), nil
		}
	}
	return 0, fmt.Errorf("%v is not a token with an id", pair)
}

// readSpecialTokens returns the ids of the special tokens of a tokenizer.json,
// except the one for unknown words, whose id it returns as unknown.
func readSpecialTokens(fields map[string]json.RawMessage) (special map[uint32]bool, unknown int64, err error) {
	var added []struct {
		ID      uint32 `json:"id"`
		Content string `json:"content"`
		Special bool   `json:"special"`
	}
	if raw := fields["added_tokens"]; len(raw) > 0 {
		if err := json.Unmarshal(raw, &added); err != nil {
			return nil, 0, fmt.Errorf("its added_tokens: %w", err)
		}
	}
	var model struct {
		UnknownToken string  `json:"unk_token"` // for WordPiece and BPE
		UnknownID    *uint32 `json:"unk_id"`    // for unigram
	}
	if err := json.Unmarshal(fields["model"], &model); err != nil {
		return nil, 0, fmt.Errorf("its model: %w", err)
	}
	special = map[uint32]bool{}
	for _, t := range added {
		if t.Special {
			special[t.ID] = true
		}
		if model.UnknownID == nil && t.Content == model.UnknownToken {
			model.UnknownID = &t.ID
		}
	}
	if model.UnknownID != nil {
		unknown = int64(*model.UnknownID)
		delete(special, *model.UnknownID)
	}
	return special, unknown, nil
}
