// Gets credentials as any program with the AWS SDK for Go does, and prints what the SDK made of them as JSON.
// With the word "caller" it also asks STS whose they are. With the word "outlive" it does that twice, with longer between than
// its first credentials live.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	if err := run(context.Background()); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	if len(os.Args) > 1 && os.Args[1] == "outlive" {
		return outlive(ctx, cfg)
	}
	credentials, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	seen := map[string]any{
		"source":    credentials.Source,
		"accessKey": credentials.AccessKeyID,
		"secretKey": credentials.SecretAccessKey,
		"token":     credentials.SessionToken,
		"accountId": credentials.AccountID,
		"expires":   credentials.Expires.UTC().Format("2006-01-02T15:04:05Z"),
		"region":    cfg.Region,
	}
	if len(os.Args) > 1 && os.Args[1] == "caller" {
		caller, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return err
		}
		seen["arn"] = *caller.Arn
	}
	return json.NewEncoder(os.Stdout).Encode(seen)
}

func outlive(ctx context.Context, cfg aws.Config) error {
	between, err := time.ParseDuration(os.Getenv("BREVET_TEST_LIFE") + "s")
	if err != nil {
		return err
	}
	client := sts.NewFromConfig(cfg)
	for _, pause := range []time.Duration{0, between} {
		time.Sleep(pause)
		caller, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return err
		}
		credentials, err := cfg.Credentials.Retrieve(ctx)
		if err != nil {
			return err
		}
		fmt.Println(credentials.AccessKeyID, *caller.Arn)
	}
	return nil
}
