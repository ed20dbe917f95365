package embed

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// openAIResponse is an answer in the form that OpenAI publishes, or in one of the
// forms of other servers: a list of vectors, alone or in the field embeddings.
type openAIResponse struct {
	Data []embedding
}

type embedding struct {
	Index     *float64 `json:"index"`
	Embedding vector   `json:"embedding"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *openAIResponse) UnmarshalJSON(b []byte) error {
	var object struct {
		Data       []embedding `json:"data"`
		Embeddings []vector    `json:"embeddings"`
	}
	var bare []vector
	if json.Unmarshal(b, &bare) != nil {
		if err := json.Unmarshal(b, &object); err != nil {
			return err
		}
		bare = object.Embeddings
	}
	r.Data = object.Data
	for _, v := range bare {
		r.Data = append(r.Data, embedding{Embedding: v})
	}
	return nil
}

// vector is a list of numbers, or its bytes in base64, as little-endian floats of
// 32 bits. Some servers send that form unasked.
type vector []float32

// UnmarshalJSON implements json.Unmarshaler.
func (v *vector) UnmarshalJSON(b []byte) error {
	var numbers []float32
	err := json.Unmarshal(b, &numbers)
	if err == nil {
		*v = numbers
		return nil
	}
	var text string
	if json.Unmarshal(b, &text) != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw)%4 != 0 {
		return fmt.Errorf("a vector is neither a list of numbers nor base64 of floats (%d bytes)", len(raw))
	}
	*v = make([]float32, len(raw)/4)
	for i := range *v {
		(*v)[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return nil
}

// inOrder returns the vectors in the order of the texts. The response gives the
// index of each vector and may have another order.
func inOrder(answer openAIResponse, n int) ([][]float32, error) {
	if len(answer.Data) != n {
		return nil, fmt.Errorf("the server gave %d vectors for %d texts", len(answer.Data), n)
	}
	vectors := make([][]float32, n)
	for i, d := range answer.Data {
		at := i
		if d.Index != nil {
			at = int(*d.Index)
		}
		if at < 0 || at >= n || vectors[at] != nil {
			return nil, fmt.Errorf("the server gave the index %d to a vector of %d, which is wrong or was there before", at, n)
		}
		if vectors[at] = d.Embedding; d.Embedding == nil {
			vectors[at] = []float32{}
		}
	}
	return vectors, nil
}
