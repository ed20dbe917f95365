// Package bucket is the source of the objects of an S3-compatible bucket.
//
// It uses minio-go, which is smaller than the AWS SDK and accepts a custom
// transport. The transport checks the address of the endpoint when the connection is
// made. Credentials come from Config alone, and not from the disk, the environment or
// a metadata server.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"selfrag/internal/outbound"
	"selfrag/retrieval/source"
)

// Config says which objects a Source holds.
type Config struct {
	Endpoint string // URL of the server, such as https://s3.eu-central-1.amazonaws.com
	Bucket   string
	Prefix   string // prefix of the keys; may be empty
	Region   string // may be empty if the server does not need it
	// AccessKey and SecretKey sign the requests. If both are empty, the bucket must be
	// public.
	AccessKey, SecretKey string

	AllowURLs []string // hosts that may be fetched from
	Private   bool     // whether to connect to addresses in the local network, too
	// Reads reports whether a file of this name can be read. It is usually
	// ingest.Config.Reads.
	Reads func(name string) bool
}

// Source is the source of the objects of a bucket.
type Source struct {
	cfg     Config
	client  *minio.Client
	silence time.Duration
}

// retries is the maximum number of times that a request is sent, the first time
// included. It is sent again if the server is busy or the connection is lost.
const retries = 3

// New returns a source. The error says what is wrong with the configuration.
func New(cfg Config) (*Source, error) {
	if err := outbound.Check(cfg.Endpoint, cfg.AllowURLs); err != nil {
		return nil, fmt.Errorf("endpoint: %w", err)
	}
	u, err := url.Parse(cfg.Endpoint)
	if err != nil || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("endpoint: write https://HOST[:PORT], without a path")
	}
	if (cfg.AccessKey == "") != (cfg.SecretKey == "") {
		return nil, errors.New("a bucket needs both keys, or none if it is public")
	}
	transport := outbound.Transport(cfg.Private)
	transport.DisableKeepAlives = true // objects are fetched long after the listing, and nothing closes the connections
	s := &Source{cfg: cfg, silence: silence}
	s.client, err = minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Secure: u.Scheme == "https", Region: cfg.Region,
		Transport: transport, MaxRetries: retries,
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", cfg.Bucket, err)
	}
	return s, nil
}

// Scan implements source.Source. The name of a file is s3://BUCKET/KEY, and its
// version is its ETag.
func (s *Source) Scan(ctx context.Context, _ source.Known, visit func(source.File) error) (source.Extent, error) {
	listing, stop := context.WithCancel(ctx)
	defer stop()
	prefix := "s3://" + s.cfg.Bucket + "/"
	for o := range s.client.ListObjects(listing, s.cfg.Bucket, minio.ListObjectsOptions{Prefix: s.cfg.Prefix, Recursive: true}) {
		if o.Err != nil {
			return source.Extent{}, fmt.Errorf("list bucket %s: %w", s.cfg.Bucket, o.Err)
		}
		if isHidden(o.Key) || strings.HasSuffix(o.Key, "/") || !s.cfg.Reads(o.Key) {
			continue
		}
		file := source.File{Name: prefix + o.Key, Version: o.ETag, Extension: strings.ToLower(path.Ext(o.Key)), Bytes: o.Size, Modified: o.LastModified}
		file.Open = func() (io.ReadCloser, error) {
			return s.open(ctx, o.Key)
		}
		if err := visit(file); err != nil {
			return source.Extent{}, err
		}
	}
	if ctx.Err() != nil {
		return source.Extent{}, fmt.Errorf("list bucket %s: %w", s.cfg.Bucket, context.Cause(ctx))
	}
	covered := prefix + s.cfg.Prefix
	return source.Extent{Covers: func(name string) bool { return strings.HasPrefix(name, covered) }}, nil
}

// silence is the time after which an object that sends nothing counts as one that
// cannot be fetched. Not measured.
const silence = time.Minute

// open opens an object. Its reads fail if the server sends nothing for too long.
func (s *Source) open(ctx context.Context, key string) (io.ReadCloser, error) {
	ctx, stop := context.WithCancelCause(ctx)
	in, err := s.client.GetObject(ctx, s.cfg.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		stop(nil)
		return nil, fmt.Errorf("cannot be fetched: %w", err)
	}
	return &object{in, ctx, stop, s.silence}, nil
}

// object is an object that is being fetched.
type object struct {
	io.ReadCloser
	ctx     context.Context //nolint:containedctx // the request lasts from Open to Close
	stop    context.CancelCauseFunc
	silence time.Duration
}

// Read implements io.Reader.
func (o *object) Read(p []byte) (int, error) {
	timer := time.AfterFunc(o.silence, func() { o.stop(fmt.Errorf("cannot be fetched: nothing came for %v", o.silence)) })
	n, err := o.ReadCloser.Read(p)
	timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) && o.ctx.Err() != nil {
		err = context.Cause(o.ctx)
	}
	return n, err
}

// Close implements io.Closer.
func (o *object) Close() error {
	defer o.stop(nil)
	return o.ReadCloser.Close()
}

// isHidden reports whether a folder with these keys as paths would leave one out.
func isHidden(key string) bool {
	for part := range strings.SplitSeq(key, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}
