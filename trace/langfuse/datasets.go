package langfuse

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"

	"golang.org/x/sync/errgroup"
)

// Item is an item of a dataset: a question with its expected answer. Its id is
// unique within the project, across datasets.
type Item struct {
	ID             string          `json:"id"`
	Input          json.RawMessage `json:"input,omitempty"`
	ExpectedOutput json.RawMessage `json:"expectedOutput,omitempty"`
	Metadata       json.RawMessage `json:"metadata,omitempty"`
}

// equal reports whether two items have the same content, regardless of how
// their JSON is written.
func (i Item) equal(other Item) bool {
	for _, pair := range [][2]json.RawMessage{{i.Input, other.Input}, {i.ExpectedOutput, other.ExpectedOutput}, {i.Metadata, other.Metadata}} {
		var a, b any
		_, _ = json.Unmarshal(pair[0], &a), json.Unmarshal(pair[1], &b) // missing JSON becomes nil
		if !reflect.DeepEqual(a, b) {
			return false
		}
	}
	return i.ID == other.ID
}

// PutDataset creates a dataset unless the name exists, and returns its id.
func (c *Client) PutDataset(ctx context.Context, name, description string) (id string, err error) {
	var out struct{ ID string }
	in := map[string]string{"name": name, "description": description}
	if err := c.Post(ctx, "/api/public/v2/datasets", in, &out); err != nil {
		return "", fmt.Errorf("make dataset %s in Langfuse: %w", name, err)
	}
	return out.ID, nil
}

// itemsPath is the path of dataset items.
const itemsPath = "/api/public/dataset-items"

// PutItems creates or changes, by id, the items of a dataset that differ from
// the given ones, and returns their number. Other items of the dataset stay.
func (c *Client) PutItems(ctx context.Context, dataset string, items []Item) (changed int, err error) {
	there, err := list[Item](ctx, c, itemsPath, url.Values{"datasetName": {dataset}})
	if err != nil {
		return 0, fmt.Errorf("list the items of dataset %s in Langfuse: %w", dataset, err)
	}
	known := map[string]Item{}
	for _, i := range there {
		known[i.ID] = i
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for _, i := range items {
		if before, ok := known[i.ID]; ok && before.equal(i) {
			continue
		}
		changed++
		group.Go(func() error {
			in := struct {
				Dataset string `json:"datasetName"`
				Item
			}{dataset, i}
			if err := c.Post(ctx, itemsPath, in, nil); err != nil {
				return fmt.Errorf("put item %s into dataset %s in Langfuse: %w", i.ID, dataset, err)
			}
			return nil
		})
	}
	return changed, group.Wait()
}
