; `Null` asks whether the key is there, and never for its value.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"Null": {"aws:TokenIssueTime": "true", "aws:SourceIp": "false"}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:SourceIp.ok| Bool)
(declare-const |aws:SourceIp.present| Bool)
(declare-const |aws:TokenIssueTime.ok| Bool)
(declare-const |aws:TokenIssueTime.present| Bool)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.service String)
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.partition (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.service (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.region (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))))
(assert (and
  (or (not |aws:SourceIp.present|) |aws:SourceIp.ok|)
  (or (not |aws:TokenIssueTime.present|) |aws:TokenIssueTime.ok|)))
(assert (and (not |aws:TokenIssueTime.present|) |aws:SourceIp.present|))
(check-sat)
(get-value (action |aws:SourceIp.ok| |aws:SourceIp.present| |aws:TokenIssueTime.ok| |aws:TokenIssueTime.present|
  resource.account resource.arn resource.is_arn resource.partition resource.region resource.service))
