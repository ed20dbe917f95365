package safetensors

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestHeaderIsReadAsWritten(t *testing.T) {
	tensors := map[string]Tensor{
		"단어.weight": {[2]int64{0, 24}, "F32", []int64{2, 3}},
		"b":         {[2]int64{24, 28}, "F16", []int64{2}},
	}
	var file bytes.Buffer
	if err := WriteHeader(&file, tensors); err != nil {
		t.Fatal(err)
	}
	written := int64(file.Len())
	got, start, err := ReadHeader(&file, written+28)
	if err != nil || start != written || start%8 != 0 || !reflect.DeepEqual(got, tensors) {
		t.Errorf("got %v, numbers from byte %d of %d, %v", got, start, written, err)
	}
}

func TestWriteHeaderFails(t *testing.T) {
	full := errors.New("disk full")
	r, w := io.Pipe()
	r.CloseWithError(full)
	if err := WriteHeader(w, nil); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func TestReadBrokenHeader(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"empty":      {"", "not a safetensors file"},
		"a page":     {"<html>404 Not Found</html>", "not a safetensors file"},
		"longer":     {"\x09\x00\x00\x00\x00\x00\x00\x00{\"a\":1}", "truncated"},
		"not JSON":   {"\x03\x00\x00\x00\x00\x00\x00\x00abc", "not JSON"},
		"no object":  {"\x07\x00\x00\x00\x00\x00\x00\x00{\"a\":1}", "tensor a"},
		"too large":  {"\xff\xff\xff\xff\xff\xff\xff\xff{}", "truncated"},
		"not a list": {"\x12\x00\x00\x00\x00\x00\x00\x00{\"a\":{\"shape\":\"\"}}", "tensor a"},
	} {
		_, _, err := ReadHeader(strings.NewReader(c.file), int64(len(c.file)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	// The file lost bytes since its size was read.
	if _, _, err := ReadHeader(strings.NewReader("\x09\x00\x00\x00\x00\x00\x00\x00{"), 100); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that is cut: %v", err)
	}
}
