package pdf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium"
	"github.com/tetratelabs/wazero/api"
)

// module is an instance of PDFium. Its functions are called as PDFium's header
// files (fpdfview.h, fpdf_text.h and others) declare them.
//
// The methods of go-pdfium itself are not used, because they take 50 µs for a
// character and 150 ms for a full page: they allocate and free memory inside the
// module for each result, and wazero starts a goroutine for each call that a
// context can end. Called directly, with a context only for calls that can take
// long, a function takes 2 µs.
//
// After a failed call, all further calls do nothing. A sequence of calls is
// therefore checked once, by err.
type module struct {
	instance pdfium.Pdfium
	function func(name string) function
	memory   api.Memory
	scratch  uint64 // address of scratchSize bytes that functions write results to
	stack    [16]uint64
	err      error
}

type function interface {
	CallWithStack(ctx context.Context, stack []uint64) error
}

const scratchSize = 64

// open takes an instance from a pool. It must be closed.
func open(ctx context.Context, pool pdfium.Pool) (*module, error) {
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("start an instance of PDFium: %w", err)
	}
	m := &module{instance: instance}
	if err := m.bind(); err != nil {
		return nil, errors.Join(err, instance.Kill())
	}
	m.scratch = m.get("malloc", scratchSize)
	return m, nil
}

// bind finds the functions and the memory of the instance. It needs reflection,
// because their types are internal to go-pdfium. Their methods are wazero's.
func (m *module) bind() error {
	implementation := reflect.ValueOf(m.instance.GetImplementation())
	lookup := implementation.MethodByName("Fn")
	if implementation.Kind() != reflect.Pointer || !lookup.IsValid() {
		return errors.New("this version of go-pdfium gives no access to its module")
	}
	field := implementation.Elem().FieldByName("Module")
	if !field.IsValid() || !field.CanInterface() {
		return errors.New("this version of go-pdfium gives no access to its module")
	}
	memory := reflect.ValueOf(field.Interface()).MethodByName("Memory")
	if !memory.IsValid() {
		return errors.New("this version of go-pdfium gives no access to its memory")
	}
	ok := false
	if m.memory, ok = memory.Call(nil)[0].Interface().(api.Memory); !ok {
		return errors.New("this version of go-pdfium gives no access to its memory")
	}
	known := map[string]function{}
	m.function = func(name string) function {
		f, found := known[name]
		if !found {
			f, _ = lookup.Call([]reflect.Value{reflect.ValueOf(name)})[0].Interface().(function)
			known[name] = f
		}
		return f
	}
	return nil
}

// close ends the instance, whatever state it is in, and frees its memory.
func (m *module) close() {
	// Kill and not Close: the memory of the instance is dropped as a whole, and
	// after a failed call nothing in it could be freed properly.
	_ = m.instance.Kill()
}

// call calls a function that may take long. If ctx ends, the call stops, and the
// module cannot be used any more.
func (m *module) call(ctx context.Context, name string, args ...uint64) uint64 {
	if m.err != nil {
		return 0
	}
	f := m.function(name)
	if f == nil {
		m.err = fmt.Errorf("PDFium has no function %s", name)
		return 0
	}
	copy(m.stack[:], args)
	if err := f.CallWithStack(ctx, m.stack[:]); err != nil {
		m.err = m.reason(ctx, name, err)
		return 0
	}
	return m.stack[0]
}

// reason returns the error for a failed call of a function.
func (m *module) reason(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// PDFium aborts if it gets no memory. It asks for up to as much as it has.
	if limit, known := m.memory.Definition().Max(); known && 2*uint64(m.memory.Size()) > uint64(limit)*wasmPage {
		return fmt.Errorf("%w (%s)", ErrMemory, name)
	}
	// The first line says what failed, the other lines are a stack trace.
	what, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("%w: %s: %s", ErrDamaged, name, what)
}

// get calls a function that returns at once.
func (m *module) get(name string, args ...uint64) uint64 {
	return m.call(context.Background(), name, args...)
}

// is calls a function that returns an FPDF_BOOL, and reports whether it is true.
func (m *module) is(name string, args ...uint64) bool { return int32(uint32(m.get(name, args...))) > 0 }

// count calls a function that returns an int, and returns 0 instead of a negative
// number, which stands for a failure.
func (m *module) count(name string, args ...uint64) int {
	return max(0, int(int32(uint32(m.get(name, args...)))))
}

// float32At returns the float32 at an offset in scratch.
func (m *module) float32At(offset uint64) float64 {
	v, _ := m.memory.ReadFloat32Le(uint32(m.scratch + offset))
	return float64(v)
}

func (m *module) float64At(offset uint64) float64 {
	v, _ := m.memory.ReadFloat64Le(uint32(m.scratch + offset))
	return v
}

func (m *module) uint32At(offset uint64) uint32 {
	v, _ := m.memory.ReadUint32Le(uint32(m.scratch + offset))
	return v
}

func float64Of(result uint64) float64 { return math.Float64frombits(result) }
func float32Of(result uint64) float64 { return float64(math.Float32frombits(uint32(result))) }

// put copies bytes into the module's memory and returns their address, which has
// to be freed. It returns 0 if there is no room.
func (m *module) put(b []byte) uint64 {
	at := m.get("malloc", uint64(len(b)))
	if m.err == nil && (at == 0 || !m.memory.Write(uint32(at), b)) {
		m.err = ErrMemory
		return 0
	}
	return at
}

func (m *module) free(at uint64) {
	if at != 0 {
		m.get("free", at)
	}
}

// maxString is the maximum length in bytes of a string that PDFium returns, such
// as the title of a file. A longer one is taken as empty.
const maxString = 1 << 20

// text calls a function that returns a string, and decodes it. The last two
// parameters of the function are a buffer and its size. It writes the string to
// the buffer in UTF-16 and returns the size needed.
func (m *module) text(name string, args ...uint64) string {
	n := m.get(name, append(args, 0, 0)...) & math.MaxUint32
	if n < 2 || n > maxString || m.err != nil {
		return ""
	}
	at := m.get("malloc", n)
	if at == 0 {
		return ""
	}
	defer m.free(at)
	m.get(name, append(args, at, n)...)
	raw, ok := m.memory.Read(uint32(at), uint32(n))
	if !ok {
		return ""
	}
	units := make([]uint16, 0, n/2)
	for i := 0; i+1 < len(raw); i += 2 {
		if u := uint16(raw[i]) | uint16(raw[i+1])<<8; u != 0 {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units))
}

// cstring copies a string into the module's memory as a C string and returns its
// address, which has to be freed.
func (m *module) cstring(s string) uint64 { return m.put(append([]byte(s), 0)) }
