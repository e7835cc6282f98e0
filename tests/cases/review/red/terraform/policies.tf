resource "aws_iam_role_policy" "write" {
  name = "write"
  role = aws_iam_role.writer.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Write"
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:DeleteObject"]
      Resource = "${aws_s3_bucket.logs.arn}/*"
    }]
  })
}
