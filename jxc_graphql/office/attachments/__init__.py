"""Attachments (附件): files of documents, products, SKUs, suppliers and customers.

| word | 中文 | here |
|---|---|---|
| attachment | 附件 | a file that belongs to one thing, for all who see that thing |
| owner | 所属对象 | what has it: a document of any kind, or what a feature above names (`owners.may_own`) |
| upload | 上传 | that somebody may send a file for something, once, to a signed link |
| picture | 图片 | an attachment that is one; the first of a product is its picture, and that of its SKUs without one |

Tables: `attachment`, `upload`.

    requestUpload ──▸ link ──PUT──▸ draft ──▸ weighed, its type found ──▸ named by its hash, and its row written
                                                                            │ deleteAttachment
    SWEEP_ATTACHMENTS ◂── a file that no row names any more ◂── its row stays ◂───┘

Files lie in the folder `attachments` (`kit.files`), or below that prefix of a bucket, each under SHA-256 of its bytes:
the same bytes are there once.
What type a file is says what is in it, never its name or its sender; types that are not admitted are refused (`rules`),
and names that say something else. A file and its row come to be under one lock, a file goes under the same: whoever
dies in between leaves a file that no row names, which is swept away by night, and never a row without a file.

A link to send to or to save from is signed, and good for five minutes (`kit.links`); the rights of the user for whom it
was made are looked at again when it is used, and whether the attachment is there.

Always true: an attachment is of one thing; one that is not deleted has a file of its hash and size (`jxc verify` reads
them all); no file is without a row for more than two days.

Facts: `UploadRequested`, `AttachmentAdded`, `AttachmentUpdated`, `AttachmentDeleted`, in the history of what has it.

Doors: `models`, `operations`, `owners`, `queries`.
"""
