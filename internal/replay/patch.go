package replay

import "reflect"

// diff returns the merge patch (RFC 7396) that turns one object into another.
// Neither may contain null, which means "remove" in a patch.
func diff(from, to map[string]any) map[string]any {
	patch := map[string]any{}
	for name := range from {
		if _, stays := to[name]; !stays {
			patch[name] = nil
		}
	}
	for name, value := range to {
		old, had := from[name]
		oldObject, wasObject := old.(map[string]any)
		object, isObject := value.(map[string]any)
		switch {
		case had && reflect.DeepEqual(old, value):
		case wasObject && isObject:
			patch[name] = diff(oldObject, object)
		default:
			patch[name] = value
		}
	}
	return patch
}

// merge applies a merge patch and leaves the original object unchanged.
func merge(object, patch map[string]any) map[string]any {
	out := make(map[string]any, len(object)+len(patch))
	for name, value := range object {
		out[name] = value
	}
	for name, value := range patch {
		change, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(out, name)
		case isObject:
			old, _ := out[name].(map[string]any)
			out[name] = merge(old, change)
		default:
			out[name] = value
		}
	}
	return out
}

func hasNull(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		for _, inner := range value {
			if hasNull(inner) {
				return true
			}
		}
	}
	return false
}
